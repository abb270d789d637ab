import type { FailureKind, Usage, Verdict } from '@tollgate/plugin-kit';
import type { Channel, ChannelKey } from '../channels/index.js';

/** What a test shall ask for. */
export interface TestWish {
  /** By the name that callers use. */
  readonly model: string;
  readonly stream: boolean;
  /** Id of the dialect that the caller would speak; undefined: the one that the channel itself speaks best. */
  readonly dialect?: string | undefined;
  /** Who asks, for what plugins see of the call; empty for the gateway itself. */
  readonly userId: string;
  readonly timeoutMs: number;
  /** Ends the test, which then has failed. */
  readonly signal?: AbortSignal | undefined;
}

export interface TestFailure {
  readonly code: string;
  readonly kind: FailureKind;
  readonly scope: Verdict['scope'];
  readonly message: string;
  readonly retryAfterMs?: number;
  /** The beginning of the upstream's own text, without the channel's secrets. */
  readonly upstreamText?: string;
}

/** How one small call through a channel went. Times are milliseconds. */
export interface TestReport {
  readonly ok: boolean;
  readonly model: string;
  readonly upstreamModel?: string;
  readonly dialect?: string;
  /** How bytes got from the one language to the other. */
  readonly lane?: string;
  readonly stream: boolean;
  readonly keyId: string;
  readonly keyHint: string;
  /** HTTP status of the upstream. */
  readonly status?: number;
  readonly durationMs: number;
  readonly firstByteMs?: number;
  /** The beginning of the answer. */
  readonly text?: string;
  /** What the upstream stated; nobody is charged for it. */
  readonly usage?: Usage;
  readonly failure?: TestFailure;
}

/** A test call as it went, with what the health of its channel follows from. */
export interface Trial {
  readonly report: TestReport;
  readonly verdict?: Verdict | undefined;
  readonly words?: string | undefined;
  readonly startedAt: number;
  /** What the model is for is not known, or no test asks for it: it may not be for what it was asked. */
  readonly isGuess?: boolean;
}

/** Sends one small call through a channel as calls of callers go. Never rejects. */
export type TryChannel = (channel: Channel, key: ChannelKey, wish: TestWish) => Promise<Trial>;
