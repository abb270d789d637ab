import type { Verdict } from '@tollgate/plugin-kit';

/** Why something may not be used now. */
export interface Blocked {
  /** `cooling-down`: its circuit is open. `probing`: one call is finding out. `disabled`: its failures, or people, have taken it out. */
  readonly reason: 'cooling-down' | 'probing' | 'disabled';
  /** Milliseconds since 1970; absent where it stays so until somebody or a test changes it. */
  readonly until?: number;
}

/** What an attempt went to. */
export interface AttemptPlace {
  readonly channelId: string;
  readonly keyId: string;
  /** By the name that callers use; empty where none was asked for: then what fails is its channel or key, or the request. */
  readonly model: string;
}

/** One attempt as it went, told when it is over. */
export interface AttemptOutcome extends AttemptPlace {
  /** Absent where the attempt answered. */
  readonly verdict?: Verdict | undefined;
  /** The upstream's own text of its failure: a verdict's message may be another, made for callers. */
  readonly words?: string | undefined;
  /** False for channels that failures do not disable. */
  readonly mayDisable: boolean;
  /** When it began and when it was over, in milliseconds since 1970. */
  readonly startedAt: number;
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
  /**
   * Takes the single try that a circuit has which has cooled down; false if another call has it. What was taken ends with `report` or
   * `abandon`.
   */
  beginProbe(channelId: string, keyId: string, model: string, now: number): boolean;
  report(outcome: AttemptOutcome): void;
  /** The attempt, or what was to become one, says nothing about its place: it was not made, or the client left it. */
  abandon(place: AttemptPlace, startedAt: number): void;
}
