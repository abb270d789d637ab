import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from './database.js';
import { JobInterruptedError, JobRunner } from './job-runner.js';
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

describe.each(testDatabases())('a job that takes long on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  let queue: JobQueue;
  let began: Promise<AbortSignal>;
  let runner: JobRunner;

  beforeEach(async () => {
    opened = await open();
    queue = new JobQueue(opened.database);
    await opened.database.write((transaction) => queue.enqueue(transaction, { kind: 'long' }));
  });
  afterEach(async () => {
    await runner.close();
    await opened.close();
  });

  /** One that goes on until it is told to end. */
  async function begin(leaseMs: number): Promise<AbortSignal> {
    began = new Promise((begun) => {
      const run = (_payload: unknown, signal: AbortSignal): Promise<void> => {
        begun(signal);
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new JobInterruptedError('Not done yet.'))));
      };
      runner = new JobRunner({
        database: opened.database,
        handlers: [{ kind: 'long', run }],
        pollMs: 5,
        leaseMs,
        onFailure: () => undefined,
      });
    });
    await runner.start();
    return began;
  }

  it('is told to end once another node has it', async () => {
    const signal = await begin(60);
    const told = new Promise((resolve) => signal.addEventListener('abort', resolve));
    // As another node does that finds the lease over.
    await opened.database.write((transaction) => transaction('jobs').update({ attempts: 2, lease_until: Number.MAX_SAFE_INTEGER }));
    await told;
    await runner.close();
    const [job] = await opened.database.knex('jobs').select('attempts', 'last_failure');
    expect([Number(job.attempts), job.last_failure]).toEqual([2, null]);
  });

  it('is due at once, and as if it had not been begun, where a node stops', async () => {
    for (let stop = 0; stop < 3; stop += 1) {
      await begin(60_000);
      await runner.close();
    }
    expect(await queue.claim(['long'], 60_000)).toMatchObject({ attempt: 1 });
  });
});

describe.each(testDatabases().filter(({ kind }) => kind === 'postgres'))('job runners of two nodes on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  let other: Database;
  let runners: JobRunner[];
  const ran: string[] = [];

  beforeEach(async () => {
    opened = await open();
    other = await openDatabase(opened.target);
    ran.length = 0;
    runners = [opened.database, other].map((database, node) => {
      const run = async (payload: unknown): Promise<void> => void ran.push(`${String(payload)} on ${node}`);
      const slow = {
        kind: 'slow',
        run: (payload: unknown) => run(payload).then(() => new Promise<void>((resolve) => setTimeout(resolve, 10))),
      };
      return new JobRunner({
        database,
        handlers: [{ kind: 'quick', run }, slow],
        pollMs: 5,
        onFailure: (_kind, error) => ran.push(String(error)),
      });
    });
  });
  afterEach(async () => {
    for (const runner of runners) await runner.close();
    await other.close();
    await opened.close();
  });

  const enqueue = (kind: string, payload: string) =>
    opened.database.write((transaction) => new JobQueue(opened.database).enqueue(transaction, { kind, payload }));
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it('run each due job once, and share the work', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `job ${index}`);
    for (const name of names) await enqueue('slow', name);
    for (const runner of runners) await runner.start();
    await until(() => ran.length >= names.length);
    for (const runner of runners.splice(0)) await runner.close();
    expect(ran.map((line) => line.replace(/ on [01]$/, '')).toSorted()).toEqual(names.toSorted());
    expect(new Set(ran.map((line) => line.slice(-1)))).toEqual(new Set(['0', '1']));
    expect(await opened.database.knex('jobs').select('id')).toEqual([]);
  });

  it('run what a killed node was at, but only when its lease has ended', async () => {
    await enqueue('quick', 'the job of the dead');
    // As a node leaves it that is killed: claimed, and never heard of again.
    await new JobQueue(other).claim(['quick'], 3_600_000);
    for (const runner of runners) await runner.start();
    await enqueue('quick', 'a later one');
    await until(() => ran.length > 0);
    expect(ran).toEqual([expect.stringContaining('a later one')]);
    await opened.database.write((transaction) => transaction('jobs').decrement('lease_until', 3_600_000));
    await until(() => ran.length > 1);
    expect(ran[1]).toContain('the job of the dead');
  });
});
