import type { Clock } from '../foundation/clock.js';
import type { SettingsValues } from '../modules/settings/index.js';
import type { relaySettings } from './relay-settings.js';

export type PaceSettings = Pick<
  SettingsValues<typeof relaySettings>,
  'attemptsMax' | 'attemptsTimeMaxMs' | 'attemptsPauseMs' | 'attemptsPauseMaxMs' | 'channelWaitMaxMs'
>;

/** How fast and for how long a call goes from one attempt to the next. Nothing here waits: it says for how long to. */
export class TryPace {
  readonly #settings: PaceSettings;
  readonly #startedAt: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  /** What is left of the time that the call may wait for channels that cool down. */
  #channelWaitLeftMs: number;

  /** @param startedAt when the call came in, in milliseconds since 1970 */
  constructor(settings: PaceSettings, startedAt: number, clock: Clock, random: () => number) {
    this.#settings = settings;
    this.#startedAt = startedAt;
    this.#clock = clock;
    this.#random = random;
    this.#channelWaitLeftMs = settings.channelWaitMaxMs;
  }

  mayTry(attemptsMade: number): boolean {
    return attemptsMade < this.#settings.attemptsMax && this.#timeLeftMs > 0;
  }

  /** Before the next attempt: twice as long after each failure, and by chance down to half of it, so that calls that failed together part. */
  pauseMs(attemptsMade: number): number {
    const { attemptsPauseMs, attemptsPauseMaxMs } = this.#settings;
    if (attemptsMade === 0 || attemptsPauseMs === 0) return 0;
    const grownMs = Math.min(attemptsPauseMaxMs, attemptsPauseMs * 2 ** (attemptsMade - 1));
    return Math.min(this.#timeLeftMs, grownMs * (0.5 + this.#random() / 2));
  }

  /**
   * How long to wait for a channel that can be asked soon; undefined where that is longer than calls may wait.
   * @param soonestMs of the channels that may not be asked now, when the first may; undefined: there is no such channel
   */
  channelWaitMs(soonestMs: number | undefined): number | undefined {
    if (soonestMs === undefined || soonestMs >= Math.min(this.#channelWaitLeftMs, this.#timeLeftMs)) return undefined;
    const waitMs = Math.max(1, soonestMs);
    this.#channelWaitLeftMs -= waitMs;
    return waitMs;
  }

  get #timeLeftMs(): number {
    return this.#startedAt + this.#settings.attemptsTimeMaxMs - this.#clock.now();
  }
}
