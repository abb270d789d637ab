import { libraryBuild } from '../../tsup.base.js';

export default libraryBuild({
  index: 'src/index.ts',
  cli: 'src/cli.ts',
  'ledger-worker': 'src/modules/ledger/ledger-worker.ts',
  'tokenizer-worker': 'src/relay/tokenizer-worker.ts',
});
