/**
 * `npm run bench:routing`: a fleet of which a part fails, on a virtual clock, and the cost of one choice among very many channels. Prints the report
 * and writes docs/routing-benchmark.md.
 */
import { checkNode, ensureInstalled, runTool } from './workspace.mjs';

checkNode();
await ensureInstalled();
const passed = await runTool('vitest/vitest.mjs', ['run', '--config', 'tests/routing/vitest.config.ts']);
process.exitCode = passed ? 0 : 1;
