/** The gateway, a process of its own: the very code that `npm start` runs, told to listen on a free port and to end with its parent. */
import { becomeCli } from '../../scripts/run-cli.mjs';
import { announce, tellCollections } from './child.mjs';

void becomeCli(['start', ...process.argv.slice(2)]);
const waitMs = 25;

async function untilReady() {
  for (;;) {
    const status = await fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

await untilReady();
tellCollections();
announce({ port: Number(process.env.PORT) });
