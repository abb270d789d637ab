import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JobRunner } from './job-runner.js';
import { JobQueue } from './jobs.js';
import { type OpenedTestDatabase, testDatabases } from './test-database.js';

describe.each(testDatabases())('jobs on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  let queue: JobQueue;
  beforeEach(async () => {
    opened = await open();
    queue = new JobQueue(opened.database);
  });
  afterEach(() => opened.close());

  const enqueue = (job: Parameters<JobQueue['enqueue']>[1]) => opened.database.write((transaction) => queue.enqueue(transaction, job));

  it('gives each job to one claimer', async () => {
    for (let index = 0; index < 5; index += 1) await enqueue({ kind: 'k', payload: { index } });
    const claimed = await Promise.all(Array.from({ length: 8 }, () => queue.claim(['k'], 60_000)));
    const payloads = claimed.flatMap((job) => (job === undefined ? [] : [(job.payload as { index: number }).index]));
    expect(new Set(payloads).size).toBe(payloads.length);
    while (await queue.claim(['k'], 60_000)) payloads.push(0);
    expect(payloads).toHaveLength(5);
  });

  it('gives a job to another when its lease has ended, and ignores the first from then on', async () => {
    await enqueue({ kind: 'k' });
    const first = await queue.claim(['k'], 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await queue.claim(['k'], 60_000);
    expect([first?.attempt, second?.attempt]).toEqual([1, 2]);
    if (first !== undefined) await queue.complete(first);
    expect(await opened.database.knex('jobs').select('id')).toHaveLength(1);
    if (second !== undefined) await queue.complete(second);
    expect(await opened.database.knex('jobs').select('id')).toHaveLength(0);
  });

  it('keeps what is not due, not asked for, or there already', async () => {
    expect(await enqueue({ kind: 'k', delayMs: 60_000, singleton: 'one' })).toBe(true);
    expect(await enqueue({ kind: 'k', singleton: 'one' })).toBe(false);
    await enqueue({ kind: 'other' });
    expect(await queue.claim(['k'], 60_000)).toBeUndefined();
  });

  it('vanishes with the transaction that queued it', async () => {
    const work = opened.database.write(async (transaction) => {
      await queue.enqueue(transaction, { kind: 'k' });
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(await queue.claim(['k'], 60_000)).toBeUndefined();
  });
});

describe.each(testDatabases().filter(({ kind }) => kind === 'sqlite'))('job runner after a killed process, on $kind', ({ open }) => {
  it('does not wait for the claims of the dead', async () => {
    const opened = await open();
    const queue = new JobQueue(opened.database);
    await opened.database.write((transaction) => queue.enqueue(transaction, { kind: 'recurring', singleton: 'recurring' }));
    await queue.claim(['recurring'], 3_600_000);
    let finish: () => void = () => {};
    const ran = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const handler = { kind: 'recurring', everyMs: () => 60_000, run: async () => finish() };
    const runner = new JobRunner({ database: opened.database, handlers: [handler], onFailure: () => undefined });
    await runner.start();
    await ran;
    await runner.close();
    await opened.close();
  });
});

describe.each(testDatabases())('job runner on $kind', ({ open }) => {
  it('runs recurring jobs again and again, once for all nodes, and retries what fails', async () => {
    const opened = await open();
    let active = 0;
    let runs = 0;
    let overlapped = false;
    const failures: string[] = [];
    let finish: () => void = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const handler = {
      kind: 'recurring',
      everyMs: () => 5,
      async run() {
        active += 1;
        overlapped ||= active > 1;
        runs += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
        active -= 1;
        if (runs === 2) throw new Error('second run fails');
        if (runs >= 5) finish();
      },
    };
    const nodes = [1, 2].map(
      () => new JobRunner({ database: opened.database, handlers: [handler], pollMs: 5, onFailure: (kind) => failures.push(kind) }),
    );
    for (const node of nodes) await node.start();
    await finished;
    for (const node of nodes) await node.close();
    expect(overlapped).toBe(false);
    expect(failures).toEqual(['recurring']);
    await opened.close();
  });
});
