import { setTimeout as wait } from 'node:timers/promises';

/** Asks again and again until the condition holds. @throws after ten seconds, saying what was waited for. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>, timeMaxMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeMaxMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}.`);
    await wait(25);
  }
}
