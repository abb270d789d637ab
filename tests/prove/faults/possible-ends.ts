import type { CallEnding, ClosingPolicy, PolicyFallback } from '../../../packages/core/src/modules/settlement/index.js';
import type { CallFacts } from './call-facts.js';
import { type CallKind, callKinds } from './fault-plan.js';
import type { WitnessedReceipt } from './receipt-row.js';

/** How a receipt may say that a call has ended, and when. */
interface PossibleEnd {
  readonly outcome: WitnessedReceipt['outcome'];
  readonly ending: CallEnding;
  readonly policy: ClosingPolicy;
  readonly fallback?: PolicyFallback;
  readonly kinds: readonly CallKind[];
  /** Whether something of an answer must have gone out, or nothing; undefined where either can be. */
  readonly reachedClient?: boolean;
  /** What must have come about besides. */
  readonly where?: (facts: CallFacts) => boolean;
}

const held = callKinds.filter((kind) => kind !== 'refers');
const streamed = held.filter((kind) => kind !== 'whole' && kind !== 'failover' && kind !== 'hedged');
const stated = held.filter((kind) => kind !== 'breaks' && kind !== 'unstated');

const clientLeft = ({ call }: CallFacts): boolean => call.clientLeft;
const isCut = ({ call, mayBeCut }: CallFacts): boolean => mayBeCut || call.kind === 'breaks';
/** The answer breaks off, or is a failure from the start, while nobody is left who could have another one. */
const leftAndBroken = (facts: CallFacts): boolean => facts.call.clientLeft && (isCut(facts) || facts.call.kind === 'failover');

const complete = { outcome: 'ok', ending: 'complete', policy: 'upstream-actual', reachedClient: true } as const;
const uncounted = { outcome: 'ok', ending: 'no-usage', kinds: ['unstated'], reachedClient: true } as const;
const left = { outcome: 'aborted', ending: 'client-left' } as const;

/**
 * All that the fault stage leads to, whose rule for clients that left is `upstream-actual` and whose other rules are the usual ones. Balances
 * are ample, so no call ends for want of quota; usage is stated at the very end only, so no failed attempt has burnt any.
 */
const possibleEnds: readonly PossibleEnd[] = [
  { ...complete, kinds: stated },
  { ...uncounted, policy: 'counted' },
  { outcome: 'failed', ending: 'failed', policy: 'not-delivered', kinds: held, reachedClient: false, where: (facts) => facts.mayBeCut },
  { outcome: 'failed', ending: 'upstream-cut', policy: 'delivered', kinds: streamed, reachedClient: true, where: isCut },
  {
    outcome: 'failed',
    ending: 'ledger-away',
    policy: 'delivered',
    kinds: ['outgrows'],
    reachedClient: true,
    where: (facts) => facts.databaseFailed,
  },
  // Its first channel has failed, and the counters of the second one's limits cannot be asked.
  {
    outcome: 'failed',
    ending: 'failed',
    policy: 'not-delivered',
    kinds: ['failover'],
    reachedClient: false,
    where: (facts) => facts.databaseFailed,
  },
  // Its first channel has failed, and nobody is left for whom another would be asked.
  { outcome: 'aborted', ending: 'failed', policy: 'not-delivered', kinds: ['failover'], reachedClient: false, where: clientLeft },
  { ...left, policy: 'upstream-actual', kinds: stated },
  { ...left, policy: 'delivered', fallback: 'drain-broken', kinds: streamed, reachedClient: true, where: leftAndBroken },
  { ...left, policy: 'not-delivered', fallback: 'drain-broken', kinds: held, reachedClient: false, where: leftAndBroken },
  { ...left, policy: 'delivered', fallback: 'not-stated', kinds: ['unstated'], reachedClient: true },
  { ...left, policy: 'not-delivered', fallback: 'not-stated', kinds: ['unstated'], reachedClient: false },
  {
    outcome: 'lost',
    ending: 'node-died',
    policy: 'swept-release',
    kinds: held,
    reachedClient: false,
    where: (facts) => facts.mayBeSwept,
  },
];

/** True if the call can have ended as its receipt says. */
export function canEndSo(facts: CallFacts, receipt: WitnessedReceipt): boolean {
  if (receipt.outcome === 'aborted' && !clientLeft(facts)) return false;
  return possibleEnds.some((end) => agrees(end, receipt) && end.kinds.includes(facts.call.kind) && (end.where?.(facts) ?? true));
}

function agrees({ outcome, ending, policy, fallback, reachedClient }: PossibleEnd, receipt: WitnessedReceipt): boolean {
  const sameOutcome = receipt.outcome === outcome || isAbortedLate(outcome, receipt);
  const sameRule = receipt.ending === ending && receipt.policy === policy && receipt.fallback === (fallback ?? null);
  return sameOutcome && sameRule && (reachedClient ?? receipt.reachedClient) === receipt.reachedClient;
}

/** A client that leaves when its answer has ended, and not all of it has gone out, changes nothing but the outcome. */
function isAbortedLate(outcome: PossibleEnd['outcome'], receipt: WitnessedReceipt): boolean {
  return receipt.outcome === 'aborted' && (outcome === 'ok' || outcome === 'failed');
}

/** A receipt's end in words. */
export function endIn({ outcome, ending, policy, fallback, reachedClient }: WitnessedReceipt): string {
  const rule = fallback === null ? policy : `${policy} (${fallback})`;
  return `${outcome}, ${ending}, ${rule}, ${reachedClient ? 'begun' : 'nothing sent'}`;
}
