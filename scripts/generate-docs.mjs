/**
 * `npm run docs`: writes the documents that follow from declarations: docs/settings.md, docs/apply.schema.json, docs/estimates.md, docs/losses.md,
 * docs/metrics.md, docs/providers.md and docs/conformance.md with its JSON. The tests that fail when these are not current are what writes them.
 */
import { checkNode, ensureBuilt, ensureInstalled, runTool } from './workspace.mjs';

const writers = [
  'packages/core/src/settings-definitions.test.ts',
  'packages/core/src/modules/apply/apply-schema.test.ts',
  'packages/core/src/modules/settlement/settlement.test.ts',
  'packages/core/src/modules/metrics/gateway-metrics.test.ts',
  'tests/documents/estimates.test.ts',
  'tests/documents/losses.test.ts',
  'tests/documents/providers.test.ts',
  'tests/documents/conformance.test.ts',
];

checkNode();
await ensureInstalled({ quiet: true });
// The matrix of conformance is found out through a running gateway.
await ensureBuilt({ quiet: true });
const written = await runTool('vitest/vitest.mjs', ['run', ...writers], { environment: { UPDATE_DOCS: '1' }, quiet: true });
const formatted = written && (await runTool('@biomejs/biome/bin/biome', ['format', '--write', 'docs'], { quiet: true }));
if (formatted) process.stderr.write('The generated documents are current.\n');
process.exitCode = formatted ? 0 : 1;
