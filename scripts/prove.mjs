/**
 * `npm run prove`: the long versions of what tests/money tries, from seeds. Writes docs/proof.json and from it docs/proof.md. What is chosen
 * by `--only` and `--database` replaces its own lines there and leaves the others. A violation prints the command that repeats it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { proofPage, sortedProofs } from './proof-page.mjs';
import { checkNode, endWith, ensureBuilt, ensureInstalled, root, runTool } from './workspace.mjs';

const proofs = readdirSync(join(root, 'tests/prove'))
  .filter((name) => name.endsWith('.proof.ts'))
  .map((name) => name.slice(0, -'.proof.ts'.length));

const usage = `Usage: npm run prove -- [options]

  --only <id,…>        only these proofs, of: ${proofs.join(', ')}
  --database <kind>    sqlite or postgres; both unless given
  --seeds <n>          seeds of faults in one process (2,900)
  --kills <n>          processes that are killed (100)
  --from <n>           the first seed (0)
  --rows <n>           receipts of the database in which one row is altered (1,000,000)
  --soak <minutes>     length of the mixed load (30)
  --keep               leave docs/proof.json as it is
`;

const options = readOptions();
let brokenOff = false;
// What was found until then is kept.
process.on('SIGINT', () => (brokenOff = true));
checkNode();
await ensureInstalled();
await ensureBuilt();
const folder = mkdtempSync(join(tmpdir(), 'tollgate-prove-'));
try {
  const passed = await runProofs();
  const results = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  if (!options.keep && results.length > 0) keepResults(results);
  process.exitCode = passed ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

function readOptions() {
  const whole = { type: 'string' };
  const declared = { seeds: whole, kills: whole, from: whole, rows: whole, soak: whole, only: whole, database: whole };
  try {
    const { values } = parseArgs({ options: { ...declared, keep: { type: 'boolean', default: false } } });
    const only = values.only?.split(',') ?? proofs;
    const unknown = only.find((name) => !proofs.includes(name));
    if (unknown !== undefined) throw new Error(`There is no proof "${unknown}".`);
    if (values.database !== undefined && !['sqlite', 'postgres'].includes(values.database))
      throw new Error('--database takes sqlite or postgres.');
    const numbers = Object.entries({ seeds: 'seeds', kills: 'kills', from: 'from', rows: 'rows', soak: 'soakMinutes' })
      .filter(([option]) => values[option] !== undefined)
      .map(([option, name]) => [name, wholeNumber(option, values[option])]);
    return { only, keep: values.keep, handedOn: { ...Object.fromEntries(numbers), ...(values.database && { database: values.database }) } };
  } catch (error) {
    return endWith(`${error.message}\n\n${usage}`);
  }
}

function wholeNumber(option, text) {
  if (!/^\d+$/.test(text)) throw new Error(`--${option} takes a whole number, not "${text}".`);
  return Number(text);
}

async function runProofs() {
  const environment = { TOLLGATE_PROVE: JSON.stringify(options.handedOn), TOLLGATE_PROVE_RESULTS: folder };
  const files = options.only.map((name) => `tests/prove/${name}.proof.ts`);
  let passed = true;
  for (const file of files) {
    if (brokenOff) break;
    process.stderr.write(`\n${file}\n`);
    passed = (await runTool('vitest/vitest.mjs', ['run', '--config', 'tests/prove/vitest.config.ts', file], { environment })) && passed;
  }
  return passed;
}

function keepResults(results) {
  const file = join(root, 'docs/proof.json');
  const earlier = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).proofs : [];
  const stamp = {
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
    date: new Date().toISOString().slice(0, 10),
  };
  const isReplaced = ({ proof, database }) => results.some((result) => result.proof === proof && result.database === database);
  const kept = [...earlier.filter((result) => !isReplaced(result)), ...results.map((result) => ({ ...result, ...stamp }))];
  const document = { proofs: sortedProofs(kept) };
  writeFileSync(file, `${JSON.stringify(document, undefined, 2)}\n`);
  writeFileSync(join(root, 'docs/proof.md'), proofPage(document));
  process.stderr.write('docs/proof.json and docs/proof.md are written.\n');
}
