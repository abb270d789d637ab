/** What is measured of channels while calls run, on this node: how many calls each has, and how long each takes to begin its answers. */
export class ChannelLoads {
  readonly #calls = new Map<string, number>();
  #allCalls = 0;
  /** Model and channel → milliseconds until the first byte, the last calls counting most. */
  readonly #firstByteMs = new Map<string, Map<string, number>>();

  begin(channelId: string): void {
    this.#allCalls += 1;
    this.#calls.set(channelId, (this.#calls.get(channelId) ?? 0) + 1);
  }

  end(channelId: string): void {
    this.#allCalls -= 1;
    const left = (this.#calls.get(channelId) ?? 1) - 1;
    if (left > 0) this.#calls.set(channelId, left);
    else this.#calls.delete(channelId);
  }

  measured(channelId: string, model: string, firstByteMs: number): void {
    const ofModel = this.#firstByteMs.get(model) ?? new Map<string, number>();
    this.#firstByteMs.set(model, ofModel);
    const known = ofModel.get(channelId);
    ofModel.set(channelId, known === undefined ? firstByteMs : known + (firstByteMs - known) * newestShare);
  }

  /** A call that was given up after so long without a first byte: where others were quicker, the average is not true any more. */
  tookLonger(channelId: string, model: string, thanMs: number): void {
    if (thanMs > (this.firstByteMsAt(channelId, model) ?? 0)) this.measured(channelId, model, thanMs);
  }

  callsAt(channelId: string): number {
    return this.#calls.get(channelId) ?? 0;
  }

  get allCalls(): number {
    return this.#allCalls;
  }

  /** Undefined where no call has been measured. */
  firstByteMsAt(channelId: string, model: string): number | undefined {
    return this.#firstByteMs.get(model)?.get(channelId);
  }
}

/** How much of the newest measurement an average takes up. */
const newestShare = 0.2;
