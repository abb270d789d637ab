import type { CanonicalRequest, DialectId, Loss } from './canonical.js';
import type { CanonicalSink } from './sink.js';
import type { Usage } from './usage.js';
import type { Verdict } from './verdict.js';

/** A value now or later; the kernel awaits only real promises. */
export type Awaitable<Value> = Value | Promise<Value>;

/** What hooks see of a call. Read-only; plugins keep state of their own in a WeakMap keyed by it. */
export interface CallView {
  readonly requestId: string;
  readonly dialect: DialectId;
  readonly model: string;
  readonly stream: boolean;
  readonly userId: string;
  readonly group: string;
  readonly tokenId: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Ends when the client leaves, the gateway shuts down or the call's time is up. */
  readonly signal: AbortSignal;
  /** A request for generation in canonical form, decoded on first use, then shared; undefined for other operations. @throws BadRequestError */
  canonical(): CanonicalRequest | undefined;
}

/** Where an attempt goes. */
export interface RouteView {
  readonly channelId: string;
  readonly provider: string;
  /** Name of the model at the upstream. */
  readonly model: string;
  readonly dialect: DialectId;
  readonly lane: 'pass' | 'edit' | 'translate';
  /** 1 for the first. */
  readonly attempt: number;
}

export interface SettledView {
  readonly usage: Readonly<Usage>;
  /** True where the upstream stated no usage and the gateway estimated it. */
  readonly estimated: boolean;
  /** What the call cost, in millipoints (1 US dollar = 500,000 points). */
  readonly costMillipoints: bigint;
  readonly outcome: 'ok' | 'failed' | 'aborted';
  readonly losses: readonly Loss[];
  readonly verdict?: Verdict;
  readonly firstByteMs?: number;
  readonly totalMs: number;
}

/**
 * Places where a plugin may listen in. Money cannot be hooked: settlements are seen after their ledger rows are committed.
 *
 * Gates are awaited in order and may refuse by throwing `deny(…)`; a gate that fails otherwise refuses the call too, unless it says
 * `onFault: 'open'`. Observers run in reverse order and cannot change the outcome. The batch runs in the background.
 */
export interface Hooks {
  /** Gate: before anything is held or sent. */
  onRequest(call: CallView): Awaitable<void>;
  /** Gate: before an attempt is sent. A veto moves on to the next channel. */
  onRouted(call: CallView, route: RouteView): Awaitable<void | { readonly veto: string }>;
  /** Observer: the upstream's status and headers are there. */
  onUpstreamResponse(call: CallView, route: RouteView, status: number): Awaitable<void>;
  /** Observer: an attempt failed. */
  onUpstreamError(call: CallView, route: RouteView, verdict: Verdict): Awaitable<void>;
  /** Asks for the decoded events of a stream; the bytes to the client are untouched. */
  tapStream(call: CallView, route: RouteView): CanonicalSink | undefined;
  /** Observer: the settlement is durable. */
  onSettled(call: CallView, settled: SettledView): Awaitable<void>;
  /** Background: settled calls, some at a time. */
  onBatch(batch: readonly { readonly call: CallView; readonly settled: SettledView }[]): Awaitable<void>;
}

export interface HookOptions<Hook> {
  readonly run: Hook;
  /** Inside a group, hooks run in the order of the configuration's plugins. */
  readonly order?: 'first' | 'last';
  /** Checked before the hook is called. */
  readonly when?: { readonly models?: RegExp; readonly groups?: readonly string[] };
  /** 2,000 for gates and 5,000 for observers unless stated. */
  readonly timeoutMs?: number;
  /** For gates: what happens when the hook itself fails. `closed` unless stated. */
  readonly onFault?: 'open' | 'closed';
}

export type HookTable = { readonly [Name in keyof Hooks]?: Hooks[Name] | HookOptions<Hooks[Name]> };
