import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretBox } from '../../foundation/secret-box.js';
import { testDatabases } from '../../storage/test-database.js';
import { type ClaimEnd, claimExpiryJob, claimKeptMs, Idempotency, type KeyClaim } from '../idempotency/index.js';
import type { HoldRequest, Settlement } from './ledger.js';
import { holdOf, LedgerBench, settlementOf } from './ledger-test-bench.js';

const { signal } = new AbortController();

const claim: KeyClaim = { id: 'a1'.repeat(32), fingerprint: 'the request' };
const answer = { status: 200, contentType: 'text/plain', bytes: Buffer.from('an answer of the vendor, with ü and \0') };

describe.each(testDatabases())('claims of idempotency keys on $kind', (databases) => {
  let bench: LedgerBench;
  let idempotency: Idempotency;
  let now = Date.parse('2026-11-30T12:00:00Z');
  const clock = { now: () => now };
  beforeEach(async () => {
    bench = await LedgerBench.open(databases);
    await bench.user('u', 1_000_000n);
    await bench.token('t', 'unlimited');
    idempotency = new Idempotency({ database: bench.database, secretBox: new SecretBox('a master secret of these tests'), clock });
  });
  afterEach(() => bench.close());

  const keyed = (amount = 10n, more: Partial<HoldRequest> = {}): HoldRequest => holdOf(amount, { tokenId: 't', claim, ...more });
  const ended = (hold: HoldRequest, actual: bigint, end: ClaimEnd): Settlement => ({ ...settlementOf(hold, actual), claim: end });
  const kept = (hold: HoldRequest): ClaimEnd => ({ state: 'kept', answer: idempotency.seal(claim.id, hold.holdId, answer) });
  const rows = () => bench.database.knex('idempotency_keys').select();

  it('go to one of those who want them, and stay with it while its call runs', async () => {
    const ledger = bench.writer({ clock });
    const hold = keyed();
    await ledger.hold(hold);
    await expect(ledger.hold(keyed())).rejects.toMatchObject({ code: 'idempotency_key_running', status: 409 });
    await expect(idempotency.find(claim)).rejects.toMatchObject({ code: 'idempotency_key_running', retryAfterMs: 1_000 });
    await expect(idempotency.find({ ...claim, fingerprint: 'another' })).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    await ledger.hold(keyed(10n, { claim: { ...claim, id: 'b2'.repeat(32) } }));
  });

  it('go to one, too, when two nodes want them at once', async () => {
    const writers = [bench.writer({ clock, nodeId: 'one' }), bench.writer({ clock, nodeId: 'two' })] as const;
    // Several keys in each batch: nodes must not wait for each other for ever.
    const ids = ['01', 'ff', '7f', '80', 'a0', 'c3'].map((byte) => byte.repeat(32));
    const wanted = ids.flatMap((id, index) =>
      [0, 1, 2, 3].map((turn) => writers[(index + turn) % 2 === 0 ? 0 : 1].hold(keyed(10n, { claim: { ...claim, id } }))),
    );
    const outcomes = await Promise.allSettled(wanted);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(ids.length);
    expect(await rows()).toHaveLength(ids.length);
  });

  it('are not taken by a call that is refused', async () => {
    const ledger = bench.writer({ clock });
    await expect(ledger.hold(keyed(2_000_000n))).rejects.toMatchObject({ code: 'insufficient_quota' });
    expect(await rows()).toEqual([]);
    await ledger.hold(keyed());
  });

  it('keep the answer where nobody can read it, and give it again', async () => {
    const ledger = bench.writer({ clock });
    const hold = keyed();
    await ledger.hold(hold);
    await ledger.settle(ended(hold, 7n, kept(hold)));
    expect(await idempotency.find(claim)).toEqual({ ...answer, requestId: hold.ownerId });
    expect(JSON.stringify(await rows(), (_name, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))).not.toMatch(
      /vendor/,
    );
    await expect(idempotency.find({ ...claim, fingerprint: 'another' })).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    await expect(ledger.hold(keyed())).rejects.toMatchObject({ code: 'idempotency_key_running' });
  });

  it('are settled in the batch that opened them, too', async () => {
    const ledger = bench.writer({ clock });
    const hold = keyed();
    await Promise.all([ledger.hold(hold), ledger.settle(ended(hold, 7n, kept(hold))), ledger.hold(keyed()).catch(() => undefined)]);
    expect(await idempotency.find(claim)).toMatchObject({ requestId: hold.ownerId });
    const other = keyed(10n, { claim: { ...claim, id: 'b2'.repeat(32) } });
    await Promise.all([ledger.hold(other), ledger.settle(ended(other, 0n, { state: 'freed' }))]);
    expect(await rows()).toHaveLength(1);
  });

  it('say so where the answer is not kept, and where it cannot be opened', async () => {
    const ledger = bench.writer({ clock });
    const [half, altered] = [keyed(), keyed(10n, { claim: { ...claim, id: 'b2'.repeat(32) } })];
    for (const hold of [half, altered]) await ledger.hold(hold);
    await ledger.settle(ended(half, 3n, { state: 'not-kept' }));
    // Sealed for another claim.
    await ledger.settle(ended(altered, 3n, kept(half)));
    const refusal = { code: 'answer_not_kept', status: 409, message: expect.stringContaining(half.ownerId) };
    await expect(idempotency.find(claim)).rejects.toMatchObject(refusal);
    await expect(idempotency.find({ ...claim, id: 'b2'.repeat(32) })).rejects.toMatchObject({ code: 'answer_not_kept' });
  });

  it('end with a hold that is swept: free if the call cost nothing', async () => {
    const ledger = bench.writer({ clock });
    const lost = keyed();
    await ledger.hold(lost);
    await ledger.sweep(lost.holdId, 'release');
    expect(await idempotency.find(claim)).toBeUndefined();
    const charged = keyed();
    await ledger.hold(charged);
    await ledger.sweep(charged.holdId, 'charge');
    await expect(idempotency.find(claim)).rejects.toMatchObject({ code: 'answer_not_kept' });
  });

  it('are free after a day, and forgotten; what runs longer stays', async () => {
    const ledger = bench.writer({ clock });
    const [answered, running] = [keyed(), keyed(10n, { claim: { ...claim, id: 'b2'.repeat(32) } })];
    for (const hold of [answered, running]) await ledger.hold(hold);
    await ledger.settle(ended(answered, 7n, kept(answered)));
    const job = claimExpiryJob(bench.database, clock);
    now += claimKeptMs - 1;
    await job.run({}, signal);
    expect(await idempotency.find(claim)).toBeDefined();
    now += 1;
    expect(await idempotency.find(claim)).toBeUndefined();
    await expect(idempotency.find({ ...claim, id: 'b2'.repeat(32) })).rejects.toMatchObject({ code: 'idempotency_key_running' });
    const anew = keyed(10n, { claim: { ...claim, fingerprint: 'another' } });
    await ledger.hold(anew);
    await ledger.settle(ended(anew, 7n, { state: 'not-kept' }));
    now += claimKeptMs;
    await job.run({}, signal);
    expect((await rows()).map(({ hold_id }) => hold_id)).toEqual([running.holdId]);
  });

  it('are proven by verify-ledger', async () => {
    const ledger = bench.writer({ clock });
    const [answered, running] = [keyed(), keyed(10n, { claim: { ...claim, id: 'b2'.repeat(32) } })];
    for (const hold of [answered, running]) await ledger.hold(hold);
    await ledger.settle(ended(answered, 7n, { state: 'not-kept' }));
    const alter = (id: string, change: object) =>
      bench.database.write((transaction) => transaction('idempotency_keys').where({ id }).update(change));
    const found = async () => (await bench.verify()).differences.map(({ type, id, what }) => `${type} ${id.slice(0, 2)} ${what}`);
    expect((await bench.verify()).checked.idempotencyKeys).toBe(2);
    for (const [id, change, undo, expected] of [
      [claim.id, { state: 'running' }, { state: 'not-kept' }, ['idempotency-key a1 open hold']],
      [claim.id, { hold_id: 'nobody' }, { hold_id: answered.holdId }, ['idempotency-key a1 receipt']],
      [running.claim?.id ?? '', { state: 'kept' }, { state: 'running' }, ['idempotency-key b2 receipt', 'idempotency-key b2 row']],
      [running.claim?.id ?? '', { hold_id: 'nobody' }, { hold_id: running.holdId }, ['idempotency-key b2 open hold']],
    ] as const) {
      await alter(id, change);
      expect(await found()).toEqual(expected);
      await alter(id, undo);
    }
  });
});
