/**
 * `npm run docs`: writes the documents that follow from declarations: docs/settings.md, docs/apply.schema.json and docs/losses.md. The tests
 * that fail when these are not current are what writes them.
 */
import { checkNode, ensureInstalled, runTool } from './workspace.mjs';

const writers = [
  'packages/core/src/settings-definitions.test.ts',
  'packages/core/src/modules/apply/apply-schema.test.ts',
  'tests/documents/losses.test.ts',
];

checkNode();
await ensureInstalled({ quiet: true });
const written = await runTool('vitest/vitest.mjs', ['run', ...writers], { environment: { UPDATE_DOCS: '1' }, quiet: true });
const formatted = written && (await runTool('@biomejs/biome/bin/biome', ['format', '--write', 'docs'], { quiet: true }));
if (formatted) process.stderr.write('The generated documents are current.\n');
process.exitCode = formatted ? 0 : 1;
