/** `npm start`: from a fresh clone to a serving gateway. Arguments go to `tollgate start`. */
import { becomeCli } from './run-cli.mjs';
import { checkNode, ensureBuilt, ensureInstalled } from './workspace.mjs';

checkNode();
await ensureInstalled();
await ensureBuilt();
if (process.env.npm_lifecycle_event !== undefined) stopWithParent();
await becomeCli(['start', ...process.argv.slice(2)]);

/** npm runs this through a shell, which a signal to npm ends without handing it on: its end is our signal. */
function stopWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}
