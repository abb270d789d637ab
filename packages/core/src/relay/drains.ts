import type { PolicyFallback } from '../modules/settlement/index.js';

/** How much is read after a client has left. */
export interface DrainBounds {
  readonly drainsMax: number;
  readonly drainBytesMax: number;
  readonly drainTimeMaxMs: number;
}

/** The rest of one answer, read in the background for its usage alone. */
export interface Drain {
  /** Resolves once, when there is no more to read: to the reason if that is not the end of the answer. */
  readonly drained: Promise<PolicyFallback | undefined>;
  readonly bytesMax: number;
  /** The answer has ended, or its reading has. */
  end(fallback?: PolicyFallback): void;
}

/** Bounds all reading in the background of this node: how many answers at once, how long each, and no longer than the gateway runs. */
export class Drains {
  readonly #bounds: () => DrainBounds;
  readonly #open = new Set<(fallback: PolicyFallback) => void>();
  #stopped = false;

  constructor(bounds: () => DrainBounds) {
    this.#bounds = bounds;
  }

  /** How many answers are being read. */
  get open(): number {
    return this.#open.size;
  }

  /** Begins one, or says why not. `stopReading` is called when a bound is reached. */
  begin(stopReading: () => void): Drain | PolicyFallback {
    const { drainsMax, drainBytesMax, drainTimeMaxMs } = this.#bounds();
    if (this.#stopped) return 'drain-stopped';
    if (this.#open.size >= drainsMax) return 'drain-cap';
    let end: Drain['end'] = () => undefined;
    const drained = new Promise<PolicyFallback | undefined>((resolve) => {
      end = (fallback) => {
        clearTimeout(timer);
        this.#open.delete(cutOff);
        resolve(fallback);
      };
    });
    const cutOff = (fallback: PolicyFallback): void => {
      end(fallback);
      stopReading();
    };
    const timer = setTimeout(() => cutOff('drain-time'), drainTimeMaxMs).unref();
    this.#open.add(cutOff);
    return { drained, bytesMax: drainBytesMax, end };
  }

  /** The gateway stops: whatever is still read after the time given is settled as it is, and nothing new begins. */
  stopAfter(timeMs: number): void {
    const stop = (): void => {
      this.#stopped = true;
      for (const cutOff of this.#open) cutOff('drain-stopped');
    };
    if (timeMs <= 0) stop();
    else setTimeout(stop, timeMs).unref();
  }
}
