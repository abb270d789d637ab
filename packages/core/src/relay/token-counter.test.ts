import { afterEach, describe, expect, it } from 'vitest';
import { TokenCounter, type TokenCounterOptions } from './token-counter.js';

const tokenizer = { id: 'units', module: 'node:none', from: import.meta.url };

/** A thread that counts units, and does as certain texts say. */
const script = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ id, texts }) => {
      if (texts.includes('die')) process.exit(1);
      if (texts.includes('throw')) throw new Error('thrown');
      if (texts.includes('hang')) return;
      if (texts.includes('late')) return parentPort.postMessage({ id });
      parentPort.postMessage({ id, tokens: texts.join('').length });
    });`)}`,
);

describe('the token counter', () => {
  const counters: TokenCounter[] = [];
  const counterWith = (options: TokenCounterOptions = {}): TokenCounter => {
    const counter = new TokenCounter({ script, ...options });
    counters.push(counter);
    return counter;
  };
  afterEach(async () => {
    await Promise.all(counters.splice(0).map((counter) => counter.close()));
  });

  it('counts texts together, many at once', async () => {
    const counter = counterWith();
    const counts = Array.from({ length: 50 }, (_, length) => counter.count(tokenizer, ['ab', 'c'.repeat(length)]));
    expect(await Promise.all(counts)).toEqual(Array.from({ length: 50 }, (_, length) => length + 2));
  });

  it.each(['die', 'throw'])('does without a count when its thread ends by "%s", and starts another', async (text) => {
    const counter = counterWith();
    expect(await Promise.all([counter.count(tokenizer, [text]), counter.count(tokenizer, ['waits'])])).toEqual([undefined, undefined]);
    expect(await counter.count(tokenizer, ['again'])).toBe(5);
  });

  it('gives a thread up that does not answer, and starts another', async () => {
    const counter = counterWith({ patienceMs: 300 });
    expect(await counter.count(tokenizer, ['hang'])).toBeUndefined();
    expect(await counter.count(tokenizer, ['again'])).toBe(5);
  });

  it('does without a count that took too long', async () => {
    expect(await counterWith().count(tokenizer, ['late'])).toBeUndefined();
  });

  it('takes no more than may wait', async () => {
    const counter = counterWith({ waitingUnitsMax: 10 });
    const first = counter.count(tokenizer, ['12345678']);
    expect(await counter.count(tokenizer, ['123'])).toBeUndefined();
    expect(await first).toBe(8);
    expect(await counter.count(tokenizer, ['123'])).toBe(3);
  });

  it('ends a thread that has nothing to do, and starts one when there is', async () => {
    const counter = counterWith({ idleMs: 0 });
    for (const text of ['a', 'bc', 'def']) {
      expect(await counter.count(tokenizer, [text])).toBe(text.length);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });

  it('counts nothing once it is closed', async () => {
    const counter = counterWith();
    const waiting = counter.count(tokenizer, ['hang']);
    await counter.close();
    expect(await waiting).toBeUndefined();
    expect(await counter.count(tokenizer, ['after'])).toBeUndefined();
  });

  it('says why a tokenizer fails, in this thread as in another', async () => {
    const reasons: unknown[] = [];
    const counter = new TokenCounter({ script: undefined, failed: (reason) => reasons.push(reason) });
    expect(await counter.count({ ...tokenizer, module: './no-such-module.js' }, ['text'])).toBeUndefined();
    expect(String(reasons)).toContain('no-such-module');
  });
});
