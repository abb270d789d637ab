import { libraryBuild } from '../../tsup.base.js';

export default libraryBuild({ index: 'src/index.ts', conformance: 'src/conformance/index.ts', conform: 'src/conformance/command/main.ts' });
