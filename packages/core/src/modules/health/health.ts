import type { Verdict } from '@tollgate/plugin-kit';

/** Why something may not be used now. */
export interface Blocked {
  /** `cooling-down`: its circuit is open. `probing`: one call is finding out. `disabled`: its failures, or people, have taken it out. */
  readonly reason: 'cooling-down' | 'probing' | 'disabled';
  /** Milliseconds since 1970; absent where it stays so until somebody or a test changes it. */
  readonly until?: number;
}

/** One attempt as it went, told when it is over. */
export interface AttemptOutcome {
  readonly channelId: string;
  readonly keyId: string;
  /** By the name that callers use. */
  readonly model: string;
  /** Absent where the attempt answered. */
  readonly verdict?: Verdict;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What is known of the health of channels, their models and their keys: read for every call, so all of it is in memory. */
export interface ChannelHealth {
  /** Undefined if the channel may serve the model. */
  channelBlocked(channelId: string, model: string, now: number): Blocked | undefined;
  /** Undefined if the key may be used. */
  keyBlocked(keyId: string, now: number): Blocked | undefined;
  /** From above 0 to 1: the part of its weight that a channel is worth for a model, by how it has answered lately. */
  worth(channelId: string, model: string): number;
  /** Takes the single try that a circuit has which has cooled down; false if another call has it. */
  beginProbe(channelId: string, keyId: string, model: string, now: number): boolean;
  report(outcome: AttemptOutcome): void;
}
