/** `npm run bench`: what the gateway costs, on this machine. Arguments go to the benchmark (`npm run -s bench -- --json`). */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkNode, ensureBuilt, ensureInstalled, root } from './workspace.mjs';

checkNode();
await ensureInstalled({ quiet: true });
await ensureBuilt({ quiet: true });
const bench = join(root, 'tests', 'bench', 'main.mjs');
process.argv.splice(1, 1, bench);
await import(pathToFileURL(bench).href);
