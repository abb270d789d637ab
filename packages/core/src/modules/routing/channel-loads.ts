/** What is known of one channel. Kept and changed in place: every call comes by three times. */
export interface ChannelLoad {
  calls: number;
  /** By model. */
  readonly firstBytes: Map<string, FirstByteAverage>;
}

interface FirstByteAverage {
  ms: number;
}

/** How much of the newest measurement an average takes up. */
const newestShare = 0.2;

/** What is measured of channels while calls run, on this node: how many calls each has, and how long each takes to begin its answers. */
export class ChannelLoads {
  readonly #channels = new Map<string, ChannelLoad>();
  #allCalls = 0;

  /** For an attempt to keep: among a thousand channels each look is a slow one. */
  of(channelId: string): ChannelLoad {
    let load = this.#channels.get(channelId);
    if (load === undefined) this.#channels.set(channelId, (load = { calls: 0, firstBytes: new Map() }));
    return load;
  }

  begin(load: ChannelLoad): void {
    this.#allCalls += 1;
    load.calls += 1;
  }

  end(load: ChannelLoad): void {
    this.#allCalls -= 1;
    load.calls -= 1;
  }

  /** The last calls count most. @param firstByteMs milliseconds until the first byte */
  measured({ firstBytes }: ChannelLoad, model: string, firstByteMs: number): void {
    const average = firstBytes.get(model);
    if (average === undefined) firstBytes.set(model, { ms: firstByteMs });
    else average.ms += (firstByteMs - average.ms) * newestShare;
  }

  /** A call that was given up after so long without a first byte: where others were quicker, the average is not true any more. */
  tookLonger(load: ChannelLoad, model: string, thanMs: number): void {
    if (thanMs > (load.firstBytes.get(model)?.ms ?? 0)) this.measured(load, model, thanMs);
  }

  callsAt(channelId: string): number {
    return this.#channels.get(channelId)?.calls ?? 0;
  }

  get allCalls(): number {
    return this.#allCalls;
  }

  /** Undefined where no call has been measured. */
  firstByteMsAt(channelId: string, model: string): number | undefined {
    return this.#channels.get(channelId)?.firstBytes.get(model)?.ms;
  }
}
