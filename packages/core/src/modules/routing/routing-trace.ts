import type { Blocked } from '../health/index.js';

/** How one of several channels is chosen. */
export const routingStrategies = ['weighted', 'least-latency', 'least-busy', 'cheapest'] as const;
export type RoutingStrategy = (typeof routingStrategies)[number];

/** Why a channel or one of its keys was passed over. */
export interface Skip {
  readonly channelId: string;
  /** Set where it was a key of the channel. */
  readonly keyId?: string;
  readonly reason: Blocked['reason'] | 'vetoed' | 'no-such-operation' | 'cannot-translate';
  readonly until?: number;
}

/** Why one channel was chosen. */
export interface Choice {
  readonly channelId: string;
  readonly keyId: string;
  readonly by: RoutingStrategy | 'sticky' | 'bound' | 'only';
  readonly priority: number;
  /** How many channels of that priority could have been chosen; absent where nobody had to look. */
  readonly among?: number;
  /** What the strategy went by: milliseconds, calls at once, cost ratio. */
  readonly score?: number;
}

/** Why a call went where it went: kept with its receipt, shown by the simulation. */
export interface RoutingTrace {
  readonly group: string;
  readonly strategy: RoutingStrategy;
  /** Channels that offer the model to the group. */
  readonly candidates: number;
  readonly choices: readonly Choice[];
  readonly skipped: readonly Skip[];
  /** Set where more were passed over than are listed. */
  readonly skippedMore?: true;
}

const skipsMax = 20;

/** Collects a trace while a channel is looked for. */
export class TraceWriter {
  readonly #choices: Choice[] = [];
  #skipped: Skip[] | undefined;
  #skippedMore = false;

  chose(choice: Choice): void {
    this.#choices.push(choice);
  }

  /** Each once, however often it is looked at. */
  skipped(skip: Skip): void {
    this.#skipped ??= [];
    if (
      this.#skipped.some(({ channelId, keyId, reason }) => channelId === skip.channelId && keyId === skip.keyId && reason === skip.reason)
    )
      return;
    if (this.#skipped.length < skipsMax) this.#skipped.push(skip);
    else this.#skippedMore = true;
  }

  trace(group: string, strategy: RoutingStrategy, candidates: number): RoutingTrace {
    return {
      group,
      strategy,
      candidates,
      choices: this.#choices,
      skipped: this.#skipped ?? [],
      ...(this.#skippedMore ? { skippedMore: true } : {}),
    };
  }
}
