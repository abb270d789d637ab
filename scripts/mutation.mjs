/**
 * `npm run mutation`: changes the code that counts, prices, frames and seals in small ways, one at a time, and looks whether a test notices.
 * Fails where less than 80 of 100 changes are noticed. Names of groups (tests/mutation/groups.json) choose: `npm run mutation -- frames`.
 * It works on a copy below .stryker-tmp and takes some minutes for each group.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkNode, endWith, ensureInstalled, root, runTool } from './workspace.mjs';

const groups = Object.keys(JSON.parse(readFileSync(join(root, 'tests/mutation/groups.json'), 'utf8')));
const chosen = process.argv.length > 2 ? process.argv.slice(2) : groups;
const unknown = chosen.find((name) => !groups.includes(name));
if (unknown !== undefined) endWith(`There is no group "${unknown}". There are: ${groups.join(', ')}.`);

checkNode();
await ensureInstalled();
const failed = [];
for (const name of chosen) {
  process.stderr.write(`\nGroup ${name}\n`);
  const environment = { TOLLGATE_MUTATION_GROUP: name };
  if (!(await runTool('@stryker-mutator/core/bin/stryker.js', ['run', 'tests/mutation/stryker.config.mjs'], { environment })))
    failed.push(name);
}
console.log(failed.length === 0 ? `${chosen.length} groups hold.` : `Below 80 of 100: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
