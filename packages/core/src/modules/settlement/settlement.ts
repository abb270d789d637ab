import { emptyUsage, type Usage } from '@tollgate/plugin-kit';

/** What may be charged for a call that did not end as it should. */
export const settlementPolicies = ['upstream-actual', 'delivered', 'free'] as const;

/**
 * `upstream-actual`: what the upstream states. `delivered`: what reached the client, estimated where nobody stated it. `free`: nothing.
 */
export type SettlementPolicy = (typeof settlementPolicies)[number];

/**
 * The rule that closed a call's hold: a policy, or that there was nothing to charge, or how the hold of a dead node was closed. `counted` is
 * `delivered` where the tokens were counted by the public tokenizer of the model instead of estimated.
 */
export type ClosingPolicy = SettlementPolicy | 'counted' | 'not-delivered' | 'swept-release' | 'swept-charge';

/** Why `upstream-actual` could not be kept to and `delivered` closed the call instead. */
export type PolicyFallback =
  /** The upstream stated no usage. */
  | 'not-stated'
  /** As many answers are being read on in the background as are allowed. */
  | 'drain-cap'
  /** Reading on would have taken more bytes than allowed. */
  | 'drain-bytes'
  /** Reading on took longer than allowed. */
  | 'drain-time'
  /** The upstream failed while its answer was read on. */
  | 'drain-broken'
  /** The gateway stopped while the answer was read on. */
  | 'drain-stopped';

export interface EndingDeclaration {
  /** As receipts say it. */
  readonly name: string;
  readonly title: string;
  readonly usual: SettlementPolicy;
  /** What each policy charges; `free` charges nothing everywhere. */
  readonly charges: Readonly<Record<Exclude<SettlementPolicy, 'free'>, string>>;
}

const statedOrDelivered = 'what the upstream has stated, alone; where it stated nothing, as `delivered`';
const reached = 'stated input, or its estimate, and the output that reached the client';

/** Every way in which a call may end that needs a rule. The keys are settings; the table in the documentation follows from here. */
export const abnormalEndings = {
  clientLeft: {
    name: 'client-left',
    title: 'The client left before its answer was complete',
    usual: 'delivered',
    charges: {
      'upstream-actual': 'the whole answer, read to its end in the background; as `delivered` where a bound of that is reached',
      delivered: `${reached}; the upstream is stopped`,
    },
  },
  upstreamCut: {
    name: 'upstream-cut',
    title: 'The upstream broke off inside its answer',
    usual: 'delivered',
    charges: { 'upstream-actual': statedOrDelivered, delivered: reached },
  },
  errorInside: {
    name: 'error-inside',
    title: 'The upstream said inside an answer that had begun that it failed',
    usual: 'delivered',
    charges: { 'upstream-actual': statedOrDelivered, delivered: reached },
  },
  timeout: {
    name: 'timeout',
    title: 'The upstream fell silent inside its answer',
    usual: 'delivered',
    charges: { 'upstream-actual': statedOrDelivered, delivered: reached },
  },
  quotaEnded: {
    name: 'quota-ended',
    title: "The caller's quota was used up inside the answer",
    usual: 'delivered',
    charges: { 'upstream-actual': statedOrDelivered, delivered: reached },
  },
  ledgerAway: {
    name: 'ledger-away',
    title: 'The database was away, or refused, when the answer had outgrown its hold, for longer than it may run ahead',
    usual: 'delivered',
    charges: { 'upstream-actual': statedOrDelivered, delivered: reached },
  },
  noUsage: {
    name: 'no-usage',
    title: 'The answer is complete and the upstream stated no usage',
    usual: 'delivered',
    charges: {
      'upstream-actual': 'as `delivered`',
      delivered: 'input and output, counted where the tokenizer of the model is public, else estimated',
    },
  },
  absurdUsage: {
    name: 'absurd-usage',
    title: 'The answer is complete and its usage beyond belief',
    usual: 'upstream-actual',
    charges: { 'upstream-actual': 'what the upstream stated, bounded by what can be', delivered: 'the estimate of input and output' },
  },
  burntAttempt: {
    name: 'burnt-attempt',
    title: 'An attempt that failed before anything reached the client had used tokens',
    usual: 'free',
    charges: {
      'upstream-actual': 'what the upstream stated, at the price of a call by itself, besides what the call costs otherwise',
      delivered: 'nothing, since nothing reached the client',
    },
  },
  nodeDied: {
    name: 'node-died',
    title: 'The node died with the call',
    usual: 'free',
    charges: { 'upstream-actual': 'what was held', delivered: 'what was held' },
  },
} as const satisfies Readonly<Record<string, EndingDeclaration>>;

export type AbnormalEnding = keyof typeof abnormalEndings;

export const endingKeys = Object.keys(abnormalEndings) as readonly AbnormalEnding[];

/** How a call ended: as it should, without any answer (`failed`), or in one of the ways that need a rule. */
export type CallEnding = 'complete' | 'failed' | (typeof abnormalEndings)[AbnormalEnding]['name'];

/** A policy for each ending that needs one. */
export type SettlementRules = Readonly<Record<AbnormalEnding, SettlementPolicy>>;

/** What is known of an attempt's usage when it is closed; asked only for what is needed, since estimates cost time. */
export interface KnownUsage {
  /** What the upstream stated, bounded; undefined where it stated nothing, or was not read to its end as it should have been. */
  stated(): Usage | undefined;
  /** What reached the client, as well as can be told; undefined where nothing did. */
  delivered(): Usage | undefined;
  /** Why the rest of the answer was not read, where it should have been. */
  readonly undrained?: PolicyFallback | undefined;
}

/** What is charged, and the rule that says so. */
export interface Charge {
  readonly usage: Usage;
  readonly policy: ClosingPolicy;
  readonly estimated: boolean;
  readonly fallback?: PolicyFallback;
}

/** The decision itself: a policy and what is known → what is charged. Pure. */
export function chargeFor(policy: SettlementPolicy, known: KnownUsage): Charge {
  if (policy === 'free') return { usage: emptyUsage(), policy: 'free', estimated: false };
  const stated = policy === 'upstream-actual' ? known.stated() : undefined;
  if (stated !== undefined) return { usage: stated, policy, estimated: false };
  const delivered = known.delivered();
  const fallback = policy === 'upstream-actual' ? { fallback: known.undrained ?? 'not-stated' } : {};
  if (delivered === undefined) return { usage: emptyUsage(), policy: 'not-delivered', estimated: false, ...fallback };
  return { usage: delivered, policy: 'delivered', estimated: true, ...fallback };
}

/** How the hold of a call is closed whose usage nobody knows any more. */
export function sweepPolicyOf(policy: SettlementPolicy): 'release' | 'charge' {
  return policy === 'free' ? 'release' : 'charge';
}
