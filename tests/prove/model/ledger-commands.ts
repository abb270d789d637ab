import * as fc from 'fast-check';
import { expect } from 'vitest';
import { StorageUnavailableError } from '../../../packages/core/src/foundation/errors.js';
import { newId } from '../../../packages/core/src/foundation/ids.js';
import { millipoints } from '../../../packages/core/src/foundation/millipoints.js';
import {
  accountOf,
  BookingDiffersError,
  budgetOf,
  InsufficientQuotaError,
  type LedgerExecutor,
  type LedgerOperation,
  type LedgerWriter,
  OverdraftError,
  RefundRefusedError,
  type SettledReceipt,
  type SweepPolicy,
  TokenQuotaError,
} from '../../../packages/core/src/modules/ledger/index.js';
import { holdOf, type LedgerBench, settlementOf } from '../../../packages/core/src/modules/ledger/ledger-test-bench.js';
import type { HoldRequest } from '../../../packages/core/src/modules/ledger/ledger.js';
import type { LedgerModel } from './ledger-model.js';

export const modelUsers = ['one', 'two'] as const;
/** `poor` has a budget of its own, `free` has none. */
export const modelTokens = ['poor', 'free'] as const;
export const budgetOfPoor = 2_000n;

/** The ledger under test: two nodes on one database, whose replies can be lost. */
export interface RealLedger {
  readonly bench: LedgerBench;
  readonly nodes: readonly [LedgerWriter, LedgerWriter];
  readonly line: LossyLine;
  readonly requests: Map<string, HoldRequest>;
}

/** Between writer and executor: loses as many replies as it is told to, after the work was done. */
export class LossyLine {
  #toLose = 0;

  lose(replies: number): void {
    this.#toLose = replies;
  }

  around(executor: LedgerExecutor): LedgerExecutor {
    return {
      execute: async (operations: readonly LedgerOperation[]) => {
        const outcomes = await executor.execute(operations);
        if (this.#toLose === 0) return outcomes;
        this.#toLose -= 1;
        throw new StorageUnavailableError('The reply was lost, as planned.');
      },
      setDurability: (durability) => executor.setDurability(durability),
      close: () => executor.close(),
    };
  }
}

type Command = fc.AsyncCommand<LedgerModel, RealLedger>;

/** A command that does one thing to both and compares what they say and how they stand. */
function command(text: string, run: (model: LedgerModel, real: RealLedger) => Promise<void>): Command {
  return {
    check: () => true,
    async run(model, real) {
      await run(model, real);
      await compare(model, real);
    },
    toString: () => text,
  };
}

async function compare(model: LedgerModel, { bench }: RealLedger): Promise<void> {
  for (const [userId, { balance, held }] of model.users) expect(await accountOf(bench.database, userId)).toMatchObject({ balance, held });
  for (const [tokenId, { granted, spent, held }] of model.tokens)
    expect(await budgetOf(bench.database, tokenId)).toMatchObject({ granted: granted ?? 'unlimited', spent, held });
}

interface HoldWish {
  readonly user: (typeof modelUsers)[number];
  readonly token: (typeof modelTokens)[number] | undefined;
  readonly amount: bigint;
  readonly node: 0 | 1;
}

const answerOf = (held: Promise<void>): Promise<string> =>
  held.then(
    () => 'held',
    (error: unknown) => {
      if (error instanceof TokenQuotaError) return 'token';
      if (error instanceof InsufficientQuotaError) return 'user';
      throw error;
    },
  );

function requestFor(real: RealLedger, { user, token, amount }: HoldWish): HoldRequest {
  const request = holdOf(amount, { userId: user, ...(token === undefined ? {} : { tokenId: token }) });
  real.requests.set(request.holdId, request);
  return request;
}

/** A hold that exists or, if the model has none, one that never did. */
function chosen(ids: readonly string[], choice: number): string {
  return ids[choice % ids.length] ?? newId();
}

function holds(wishes: readonly HoldWish[]): Command {
  const title = wishes.map(({ user, token, amount, node }) => `${user}/${token ?? '-'} ${amount} at ${node}`).join(', ');
  return command(`hold(${title})`, async (model, real) => {
    // At once at one node: what is asked for first is held first.
    const requests = wishes.map((wish) => requestFor(real, wish));
    const answers = await Promise.all(requests.map((request) => answerOf(real.nodes[wishes[0]?.node ?? 0].hold(request))));
    expect(answers).toEqual(requests.map((request) => model.hold(request.holdId, request.userId, request.tokenId, request.amount)));
  });
}

function holdAgain(choice: number): Command {
  return command(`hold again(${choice})`, async (model, real) => {
    const request = real.requests.get(chosen([...model.holds.keys()], choice));
    // What is closed has left the holds; the writer alone tells a repetition of such a one, by when it was first asked for.
    if (request === undefined || model.holds.get(request.holdId)?.state !== 'open') return;
    expect(await answerOf(real.nodes[1].hold(request))).toBe('held');
  });
}

function extend(choice: number, amount: bigint): Command {
  return command(`extend(${choice}, ${amount})`, async (model, real) => {
    const holdId = chosen([...model.holds.keys()], choice);
    expect(await real.nodes[0].extend(holdId, millipoints(amount))).toBe(model.extend(holdId, amount));
  });
}

function settle(choice: number, actual: bigint, times: number): Command {
  return command(`settle(${choice}, ${actual}, ${times} times)`, async (model, real) => {
    const holdId = chosen([...model.holds.keys()], choice);
    const request = real.requests.get(holdId);
    if (request === undefined) return;
    const settlement = settlementOf(request, actual);
    const wasOpen = model.holds.get(holdId)?.state === 'open';
    const receipts = await Promise.all(Array.from({ length: times }, (_, index) => real.nodes[index % 2 === 0 ? 0 : 1].settle(settlement)));
    const { charged, uncollected } = model.close(holdId, 'settled', actual);
    for (const receipt of receipts) expect(receipt).toMatchObject({ charged, uncollected });
    expect(appliedAmong(receipts)).toBeLessThanOrEqual(wasOpen ? 1 : 0);
  });
}

function sweep(choice: number, policy: SweepPolicy): Command {
  return command(`sweep(${choice}, ${policy})`, async (model, real) => {
    const holdId = chosen([...model.holds.keys()], choice);
    const hold = model.holds.get(holdId);
    await real.nodes[1].sweep(holdId, policy);
    if (hold !== undefined) model.close(holdId, 'swept', policy === 'charge' ? hold.amount : 0n);
  });
}

function adjust(user: (typeof modelUsers)[number], amount: bigint, reference: string): Command {
  return command(`adjust(${user}, ${amount}, ${reference})`, async (model, { bench }) => {
    const grant = { userId: user, amount: millipoints(amount), kind: 'adjustment', reference } as const;
    const booked = bench.database.write((transaction) => bench.books.grant(transaction, grant));
    expect(await bookingOf(booked)).toBe(model.adjust(user, amount, reference));
  });
}

/** Of a call that was charged or, now and then, of any. */
function refund(choice: number, ofAny: boolean, amount: bigint | undefined): Command {
  return command(`refund(${choice}${ofAny ? ' of any' : ''}, ${amount ?? 'all'})`, async (model, { bench, requests }) => {
    const calls = [...model.holds].filter(([, { charged }]) => ofAny || charged > 0n).map(([id]) => id);
    const holdId = chosen(calls, choice);
    const requestId = requests.get(holdId)?.ownerId ?? newId();
    const wanted = amount === undefined ? {} : { amount: millipoints(amount) };
    const booked = bench.database.write(async (transaction) => {
      const { isNew } = await bench.books.refund(transaction, { requestId, ...wanted, reason: 'why' });
      return isNew;
    });
    expect(await bookingOf(booked)).toBe(model.refund(holdId, amount));
  });
}

const bookingOf = (booked: Promise<boolean>): Promise<string> =>
  booked.then(
    (isNew) => (isNew ? 'booked' : 'booked before'),
    (error: unknown) => {
      if (error instanceof OverdraftError) return 'overdraft';
      if (error instanceof BookingDiffersError) return 'differs';
      if (error instanceof RefundRefusedError) return 'refused';
      throw error;
    },
  );

function retarget(token: (typeof modelTokens)[number], target: bigint | undefined): Command {
  return command(`retarget(${token}, ${target ?? 'unlimited'})`, async (model, { bench }) => {
    const wanted = target === undefined ? 'unlimited' : millipoints(target);
    await bench.database.write((transaction) => bench.books.retargetTokenBudget(transaction, token, wanted));
    model.retarget(token, target);
  });
}

/** The next commits are written, and nobody hears of it. The writer has to find out by itself. */
function loseReply(): Command {
  return command('lose a reply', async (_model, { line }) => {
    line.lose(1);
  });
}

function appliedAmong(receipts: readonly SettledReceipt[]): number {
  return receipts.filter(({ applied }) => applied).length;
}

export function ledgerCommands(): readonly fc.Arbitrary<Command>[] {
  const user = fc.constantFrom(...modelUsers);
  const token = fc.constantFrom(...modelTokens, undefined);
  const node = fc.constantFrom(0 as const, 1 as const);
  const amount = fc.bigInt({ min: 0n, max: 1_500n });
  const choice = fc.nat({ max: 30 });
  const adjustment = fc.bigInt({ min: -1_000n, max: 1_000n }).filter((value) => value !== 0n);
  return [
    fc.array(fc.record({ user, token, amount, node }), { minLength: 1, maxLength: 4 }).map(holds),
    choice.map(holdAgain),
    fc.tuple(choice, amount).map(([hold, more]) => extend(hold, more)),
    fc
      .tuple(choice, fc.bigInt({ min: 0n, max: 3_000n }), fc.integer({ min: 1, max: 3 }))
      .map(([hold, actual, times]) => settle(hold, actual, times)),
    fc.tuple(choice, fc.constantFrom('release' as const, 'charge' as const)).map(([hold, policy]) => sweep(hold, policy)),
    fc.tuple(user, adjustment, fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')).map(([whose, by, reference]) => adjust(whose, by, reference)),
    fc
      .tuple(fc.nat({ max: 3 }), fc.boolean(), fc.constantFrom(undefined, undefined, 1n, 500n))
      .map(([hold, ofAny, back]) => refund(hold, ofAny, back)),
    fc.tuple(fc.constantFrom(...modelTokens), fc.option(amount, { nil: undefined })).map(([which, target]) => retarget(which, target)),
    fc.constant(loseReply()),
  ];
}
