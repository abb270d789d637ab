const tickMs = 1_000;

/** A stream that may have been silent for too long. */
export interface QuietStream {
  /** Called when nothing has been written for the given time. */
  keepAlive(): void;
}

interface Watched {
  quietMs: number;
  readonly afterMs: number;
}

/** Watches all open streams with one timer, so that a stream's own cost is a counter. */
export class KeepAlive {
  readonly #watched = new Map<QuietStream, Watched>();
  #timer: NodeJS.Timeout | undefined;

  /** Returns the function to call on every write. */
  watch(stream: QuietStream, afterMs: number): () => void {
    const state: Watched = { quietMs: 0, afterMs };
    this.#watched.set(stream, state);
    this.#timer ??= setInterval(() => this.#tick(), tickMs).unref();
    return () => {
      state.quietMs = 0;
    };
  }

  forget(stream: QuietStream): void {
    this.#watched.delete(stream);
    if (this.#watched.size > 0 || this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    for (const [stream, state] of this.#watched) {
      state.quietMs += tickMs;
      if (state.quietMs < state.afterMs) continue;
      state.quietMs = 0;
      stream.keepAlive();
    }
  }
}
