import { conform } from './conform.js';

/** Long enough for output to be written, short enough not to be taken for work. */
const leaveAfterMs = 2_000;

process.exitCode = await conform(process.argv.slice(2), {
  folder: process.cwd(),
  write: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
});

// The timer does not keep the process alive by itself: it only fires where something else does.
setTimeout(() => {
  process.stderr.write('Something that the plugin opened is still open: close it through host.onClose.\n');
  process.exit(1);
}, leaveAfterMs).unref();
