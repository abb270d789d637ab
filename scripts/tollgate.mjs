/** `npm run -s tollgate -- <arguments>`: the command line. Standard output carries nothing but its output. */
import { becomeCli } from './run-cli.mjs';
import { checkNode, ensureBuilt, ensureInstalled } from './workspace.mjs';

checkNode();
await ensureInstalled({ quiet: true });
await ensureBuilt({ quiet: true });
await becomeCli(process.argv.slice(2));
