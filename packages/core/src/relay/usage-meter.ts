import {
  type CodecContext,
  type Dialect,
  emptyUsage,
  FrameScanner,
  type Framing,
  requestCounters,
  tokenCount,
  type Usage,
  usageBuckets,
} from '@tollgate/plugin-kit';
import { estimateTextTokens } from './estimate-tokens.js';
import { measuringSink } from './measuring-sink.js';

/** How much of a stream is kept to tell how many tokens its bytes carry. */
const sampleBytesMax = 4_096;
/** More tokens than this in one bucket is no true report of one call: it is bounded and flagged. */
const bucketTokensMax = 10_000_000;

/** What one attempt used: what the upstream stated, or what can be told from what went through. */
export interface MeteredUsage {
  readonly usage: Usage;
  /** True where the upstream's figures are missing or end before the answer did. */
  readonly estimated: boolean;
  /** True where a figure was beyond belief and has been bounded. */
  readonly suspicious: boolean;
}

/** Counts what an answer uses while it passes, in whichever lane. */
export class UsageMeter {
  readonly #figures: Partial<Usage> = {};
  #anyStated = false;
  /** Text and arguments seen by the translating lanes, in estimated tokens. */
  #measuredTokens = 0;
  #bytes = 0;
  #sample: Buffer | undefined;
  #sampled = 0;
  /** Known once the sample is full. */
  #tokensPerByte: number | undefined;

  readonly #upstreamDialect: Dialect;
  readonly #framing: Framing;
  readonly #estimatedInputTokens: number;

  constructor(upstreamDialect: Dialect, framing: Framing, estimatedInputTokens: number) {
    this.#upstreamDialect = upstreamDialect;
    this.#framing = framing;
    this.#estimatedInputTokens = estimatedInputTokens;
  }

  /** True once the upstream has stated any figure. */
  get stated(): boolean {
    return this.#anyStated;
  }

  /** True once something of the answer has been counted. */
  get delivered(): boolean {
    return this.#bytes > 0 || this.#measuredTokens > 0;
  }

  /** Reads a frame or a whole body that may state usage. */
  read(json: unknown): void {
    this.#state((into) => this.#upstreamDialect.usage.read(json, into));
  }

  patch(usage: Partial<Usage>): void {
    this.#state((into) => Object.assign(into, usage));
  }

  /** Text that was delivered by a lane which sees it. */
  text(text: string): void {
    this.#measuredTokens += estimateTextTokens(text);
  }

  /** Output whose tokens the lane has estimated itself. */
  tokens(count: number): void {
    this.#measuredTokens += count;
  }

  /** Bytes that were delivered by a lane which does not look inside. */
  passed(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#sampled >= sampleBytesMax) return;
    this.#sample ??= Buffer.allocUnsafe(sampleBytesMax);
    this.#sampled += bytes.copy(this.#sample, this.#sampled, 0, Math.min(bytes.length, sampleBytesMax - this.#sampled));
  }

  get passedBytes(): number {
    return this.#bytes;
  }

  /** Output tokens so far, stated or estimated, whichever is more. */
  outputTokens(): number {
    return Math.max(this.#statedOutputTokens(), Math.ceil(this.#measuredTokens), this.#tokensOfPassedBytes());
  }

  /** @param complete false if the answer broke off: then the upstream's figures, if any, are those of an earlier moment. */
  result(complete: boolean): MeteredUsage {
    const usage = emptyUsage();
    let suspicious = false;
    for (const bucket of usageBuckets) {
      const tokens = tokenCount(this.#figures[bucket]);
      suspicious ||= tokens > bucketTokensMax;
      usage[bucket] = Math.min(tokens, bucketTokensMax);
    }
    for (const counter of requestCounters) {
      const requests = Math.min(tokenCount(this.#figures[counter]), bucketTokensMax);
      if (requests > 0) usage[counter] = requests;
    }
    const { images, media } = this.#figures;
    if (images !== undefined) usage.images = images;
    if (media !== undefined) usage.media = media;
    if (this.#anyStated && complete) return { usage, estimated: false, suspicious };
    if (!this.#anyStated) usage.inputText = this.#estimatedInputTokens;
    usage.outputText += Math.max(0, this.outputTokens() - this.#statedOutputTokens());
    return { usage, estimated: true, suspicious };
  }

  #state(fill: (into: Partial<Usage>) => void): void {
    const patch: Partial<Usage> = { ...this.#figures };
    fill(patch);
    this.#anyStated ||= Object.keys(patch).length > 0;
    Object.assign(this.#figures, patch);
  }

  #statedOutputTokens(): number {
    const { outputText, outputReasoning, outputAudio, outputImage } = this.#figures;
    return tokenCount(outputText) + tokenCount(outputReasoning) + tokenCount(outputAudio) + tokenCount(outputImage);
  }

  #tokensOfPassedBytes(): number {
    if (this.#bytes === 0) return 0;
    const ratio = this.#tokensPerByte ?? this.#tokensPerSampledByte();
    if (this.#sampled >= sampleBytesMax) this.#tokensPerByte = ratio;
    return Math.ceil(this.#bytes * ratio);
  }

  /** Decodes the sample, this time looking inside, and takes the rest of the stream to be like it. */
  #tokensPerSampledByte(): number {
    if (this.#sample === undefined) return 0;
    let tokens = 0;
    const sink = measuringSink((text) => {
      tokens += estimateTextTokens(text);
    });
    const decoder = this.#upstreamDialect.upstream.streamDecoder(sink, sampleContext);
    try {
      new FrameScanner(this.#framing, (data, event) => decoder.frame(data, event)).push(this.#sample.subarray(0, this.#sampled));
    } catch {
      // A sample ends anywhere; what was read until then is what it tells.
    }
    return tokens / this.#sampled;
  }
}

const sampleContext: CodecContext = { lose: () => undefined, newId: (prefix) => `${prefix}sample`, now: () => 0, model: { id: '' } };
