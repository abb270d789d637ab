/**
 * `npm run fuzz`: the properties of tests/fuzz with cases that nobody has seen, each for a minute (`--seconds`). `npm test` tries a few of
 * them, the same ones each time. A failure prints its seed; `--seed` starts from it. Other arguments choose tests, as for `npm test`.
 */
import { parseArgs } from 'node:util';
import { checkNode, endWith, ensureInstalled, runTool } from './workspace.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
});
const seconds = Number(options.seconds);
if (!(seconds > 0)) endWith(`--seconds takes a number above zero, not "${options.seconds}".`);

checkNode();
await ensureInstalled();
const environment = {
  TOLLGATE_FUZZ_SECONDS: String(seconds),
  ...(options.seed === undefined ? {} : { TOLLGATE_FUZZ_SEED: options.seed }),
};
const chosen = positionals.length > 0 ? positionals : ['tests/fuzz'];
const passed = await runTool('vitest/vitest.mjs', ['run', `--testTimeout=${(seconds + 60) * 1_000}`, ...chosen], { environment });
process.exitCode = passed ? 0 : 1;
