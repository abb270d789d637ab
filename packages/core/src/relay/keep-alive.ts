const tickMs = 1_000;

/** A stream that may have been silent for too long. */
export interface QuietStream {
  /** Called when nothing has been written for the given time. */
  keepAlive(): void;
}

/** One stream under watch. */
export interface KeepAliveWatch {
  noteWrite(): void;
  end(): void;
}

/** Watches all open streams with one timer, so that a stream's own cost is a counter. */
export class KeepAlive {
  /** An array and not a Map: outgrown tables of a Map hold on to what was in them, here whole streams, until the next full collection. */
  readonly #watched: Watched[] = [];
  #timer: NodeJS.Timeout | undefined;

  watch(stream: QuietStream, afterMs: number): KeepAliveWatch {
    const watched = new Watched(stream, afterMs, this.#watched.length, (place) => this.#forget(place));
    this.#watched.push(watched);
    this.#timer ??= setInterval(() => this.#tick(), tickMs).unref();
    return watched;
  }

  /** The last one takes the place of the one that leaves. */
  #forget(place: number): void {
    const last = this.#watched.pop();
    if (last !== undefined && last.place !== place) {
      last.place = place;
      this.#watched[place] = last;
    }
    if (this.#watched.length > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    // A copy, since a stream that cannot be written to may leave.
    for (const watched of this.#watched.slice()) watched.tick();
  }
}

class Watched implements KeepAliveWatch {
  #quietMs = 0;
  #ended = false;
  place: number;

  readonly #stream: QuietStream;
  readonly #afterMs: number;
  readonly #forget: (place: number) => void;

  constructor(stream: QuietStream, afterMs: number, place: number, forget: (place: number) => void) {
    this.#stream = stream;
    this.#afterMs = afterMs;
    this.place = place;
    this.#forget = forget;
  }

  noteWrite(): void {
    this.#quietMs = 0;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#forget(this.place);
  }

  tick(): void {
    this.#quietMs += tickMs;
    if (this.#ended || this.#quietMs < this.#afterMs) return;
    this.#quietMs = 0;
    this.#stream.keepAlive();
  }
}
