/** `npm start`: from a fresh clone to a serving gateway. Arguments go to `tollgate start`. */
import { becomeCli } from './run-cli.mjs';
import { checkNode, ensureBuilt, ensureInstalled } from './workspace.mjs';

checkNode();
await ensureInstalled();
await ensureBuilt();
await becomeCli(['start', ...process.argv.slice(2)]);
