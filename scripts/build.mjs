/** `npm run build`: every package with its types, those whose sources have not changed left alone. */
import { checkNode, ensureBuilt, ensureInstalled } from './workspace.mjs';

checkNode();
await ensureInstalled();
await ensureBuilt({ types: true });
