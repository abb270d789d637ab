import {
  type CanonicalSink,
  type CodecContext,
  type Dialect,
  emptyUsage,
  type UpstreamFraming,
  upstreamScanner,
  type Usage,
} from '@tollgate/plugin-kit';
import { estimateBodyTokens } from './estimate-tokens.js';
import { type DeliveredText, DeliveredTexts } from './delivered-texts.js';
import { measuringSink } from './measuring-sink.js';
import { boundedUsage, holdsNegativeCount, type UsageFacts } from './plausible-usage.js';
import type { RequestAdditions } from './request-rules.js';
import type { RelayCall } from './relay-call.js';
import { type TokenScale, usualScale } from './token-families.js';

/** How much of a stream is kept to tell how many tokens its bytes carry. */
const sampleBytesMax = 4_096;
/** Vendors correct running totals by a few tokens; more than this less than before is a contradiction. */
const correctionTokensMax = 50;
const rawUsageLengthMax = 2_000;

/** The call as far as its meter looks at it. */
export type MeteredCall = Pick<RelayCall, 'body' | 'facts'>;

/** Counts what an answer uses while it passes, in whichever lane. */
export class UsageMeter implements UsageFacts {
  readonly #figures: Partial<Usage> = {};
  #statements = 0;
  /** The newest words of the vendor on usage, and those that cannot be true. */
  #statedLast: unknown;
  #contradiction: unknown;
  #bounded: ReturnType<typeof boundedUsage> | undefined;
  /** Text and arguments seen by the translating lanes, in estimated tokens. */
  #measuredTokens = 0;
  #bytes = 0;
  #sample: Buffer | undefined;
  #sampled = 0;
  /** Known once the sample is full. */
  #tokensPerByte: number | undefined;
  /** Set once the client has left: what comes later does not reach it. */
  #deliveredUntilLeave: Usage | undefined;
  /** Bytes that the upstream has answered. */
  answerBytes = 0;
  /** What the channel adds to the request: its instructions and rules are read by the model like the caller's own words. */
  additions: RequestAdditions | undefined;

  readonly #upstreamDialect: Dialect;
  readonly #framing: UpstreamFraming;
  readonly #call: MeteredCall;
  readonly #estimatedInputTokens: number;
  readonly scale: TokenScale;
  /** Undefined where nobody could count them. */
  #kept: DeliveredTexts | undefined;

  /** @param keepsTexts whether what is delivered is kept, to be counted where the upstream states nothing. */
  constructor(
    upstreamDialect: Dialect,
    framing: UpstreamFraming,
    call: MeteredCall,
    estimatedInputTokens: number,
    scale = usualScale,
    keepsTexts = true,
  ) {
    this.#upstreamDialect = upstreamDialect;
    this.#framing = framing;
    this.#call = call;
    this.#estimatedInputTokens = estimatedInputTokens;
    this.scale = scale;
    if (keepsTexts && scale.tokenizer !== undefined) this.#kept = new DeliveredTexts();
  }

  /** How often the upstream has stated a figure. Search units are apart: they say nothing of tokens, and are all that some vendors state. */
  get statements(): number {
    return this.#statements;
  }

  /** Search units that the upstream has stated. */
  get statedSearches(): number {
    return this.#figures.searchUnits === undefined ? 0 : (this.#judged().usage.searchUnits ?? 0);
  }

  /** True where a figure is beyond belief; it is bounded before anything is charged. */
  get suspicious(): boolean {
    return this.#statesAnything && (this.#contradiction !== undefined || this.#judged().isBounded);
  }

  /** The vendor's own words on figures that are beyond belief, as JSON. */
  get rawUsage(): string {
    return JSON.stringify(this.#contradiction ?? this.#statedLast ?? this.#figures).slice(0, rawUsageLengthMax);
  }

  get requestBytes(): number {
    return this.#call.body.length + (this.additions?.bytes ?? 0);
  }

  get outputTokensMax(): number | undefined {
    const { outputTokensMax, choices = 1 } = this.#call.facts;
    return outputTokensMax === undefined ? undefined : outputTokensMax * choices;
  }

  get searchUnitsMax(): number | undefined {
    // What the caller's own request may come to, a rule may have changed.
    return this.additions?.isRuled === true ? undefined : this.#call.facts.searchUnits?.atMost;
  }

  refersElsewhere(): boolean {
    return this.#call.facts.refersTo !== undefined || this.#call.body.includes('://');
  }

  /** Reads a frame or a whole body that may state usage. */
  read(json: unknown): void {
    const { usage } = this.#upstreamDialect;
    this.hear(json);
    this.#state((into) => usage.read(json, into));
  }

  /** Takes note of the vendor's own words in a parsed frame whose figures come by `patch`. */
  hear(json: unknown): void {
    const stated = this.#upstreamDialect.usage.stated?.(json);
    if (stated === undefined) return;
    this.#statedLast = stated;
    if (holdsNegativeCount(stated)) this.#contradiction ??= stated;
  }

  patch(usage: Partial<Usage>): void {
    this.#state((into) => Object.assign(into, usage));
  }

  /** Text that was delivered by a lane which sees it. */
  text(text: string): void {
    this.#measuredTokens += this.scale.tokensIn(text);
    this.#kept?.text(text);
  }

  /** A call of a tool that was delivered, without its arguments. */
  toolCall(name: string): void {
    this.#measuredTokens += this.scale.unseenInToolCall + this.scale.tokensIn(name);
    this.#kept?.toolCall(name);
  }

  /** An answer that was delivered and cannot be decoded: estimated over all its texts. */
  undecoded(json: unknown): void {
    this.#measuredTokens += estimateBodyTokens(json, this.scale);
    this.#kept = undefined;
  }

  /** Bytes that were delivered by a lane which does not look inside. */
  passed(bytes: Buffer): void {
    this.#bytes += bytes.length;
    this.#kept?.passed(bytes);
    if (this.#sampled >= sampleBytesMax) return;
    this.#sample ??= Buffer.allocUnsafe(sampleBytesMax);
    this.#sampled += bytes.copy(this.#sample, this.#sampled, 0, Math.min(bytes.length, sampleBytesMax - this.#sampled));
  }

  get passedBytes(): number {
    return this.#bytes;
  }

  /** Output tokens so far, stated or estimated, whichever is more. */
  outputTokens(): number {
    return Math.max(this.#statedOutputTokens(), this.#estimatedOutputTokens());
  }

  /** What comes from now on is read for its usage alone: the client has left. */
  clientLeft(): void {
    this.#deliveredUntilLeave = this.deliveredUsage();
  }

  /** What the upstream stated, bounded by what can be; undefined where it stated nothing. */
  statedUsage(): Usage | undefined {
    return this.#statesAnything ? this.#judged().usage : undefined;
  }

  /**
   * What reached the client, estimated: the upstream's own figures, where it stated any, are those of an earlier moment. Figures that are
   * beyond belief count for nothing here.
   */
  deliveredUsage(): Usage {
    if (this.#deliveredUntilLeave !== undefined) return this.#deliveredUntilLeave;
    if (this.#statements === 0 || this.suspicious) {
      const estimated = { ...emptyUsage(), inputText: this.#estimatedInputTokens, outputText: this.#estimatedOutputTokens() };
      return this.statedSearches > 0 ? { ...estimated, searchUnits: this.statedSearches } : estimated;
    }
    const { usage } = this.#judged();
    return { ...usage, outputText: usage.outputText + Math.max(0, this.#estimatedOutputTokens() - this.#statedOutputTokens()) };
  }

  /** All that reached the client, where the upstream has stated nothing and it can be counted. */
  deliveredText(): DeliveredText | undefined {
    return this.#kept?.all((bytes, into) => {
      const sink = measuringSink(
        (text) => into.text(text),
        (name) => into.toolCall(name),
      );
      this.#decode(bytes, sink);
    });
  }

  get #statesAnything(): boolean {
    return this.#statements > 0 || this.statedSearches > 0;
  }

  #judged(): ReturnType<typeof boundedUsage> {
    return (this.#bounded ??= boundedUsage(this.#figures, this));
  }

  #state(fill: (into: Partial<Usage>) => void): void {
    const patch: Partial<Usage> = { ...this.#figures };
    fill(patch);
    if (this.#contradicts(patch)) return;
    let [states, searches] = [false, false];
    for (const name in patch) {
      const figure = patch[name as keyof Usage];
      if (figure === undefined || figure === 0 || this.#figures[name as keyof Usage] === figure) continue;
      if (name === 'searchUnits') searches = true;
      else states = true;
    }
    if (!states && !searches) return;
    Object.assign(this.#figures, patch);
    this.#bounded = undefined;
    if (!states) return;
    this.#statements += 1;
    this.#kept = undefined;
  }

  /** Totals only rise while an answer goes on: a statement of clearly less than an earlier one is not taken. */
  #contradicts(patch: Partial<Usage>): boolean {
    if (this.#statements === 0) return false;
    const before = this.#figures;
    const falls =
      sumOfInput(patch) < sumOfInput(before) - correctionTokensMax || sumOfOutput(patch) < sumOfOutput(before) - correctionTokensMax;
    if (falls) this.#contradiction ??= this.#statedLast ?? patch;
    return falls;
  }

  #statedOutputTokens(): number {
    return sumOfOutput(this.#figures);
  }

  #estimatedOutputTokens(): number {
    return Math.max(Math.ceil(this.#measuredTokens), this.#tokensOfPassedBytes());
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
    const sink = measuringSink(
      (text) => {
        tokens += this.scale.tokensIn(text);
      },
      (name) => {
        tokens += this.scale.unseenInToolCall + this.scale.tokensIn(name);
      },
    );
    try {
      this.#decode(this.#sample.subarray(0, this.#sampled), sink);
    } catch {
      // A sample ends anywhere; what was read until then is what it tells.
    }
    return tokens / this.#sampled;
  }

  #decode(bytes: Buffer, sink: CanonicalSink): void {
    const decoder = this.#upstreamDialect.upstream.streamDecoder(sink, sampleContext);
    upstreamScanner(this.#upstreamDialect, (data, event) => decoder.frame(data, event), this.#framing).push(bytes);
  }
}

function sumOfInput(figures: Partial<Usage>): number {
  const { inputText = 0, inputCacheRead = 0, inputCacheWrite5m = 0, inputCacheWrite1h = 0 } = figures;
  const { inputAudio = 0, inputImage = 0, inputServerTool = 0 } = figures;
  return inputText + inputCacheRead + inputCacheWrite5m + inputCacheWrite1h + inputAudio + inputImage + inputServerTool;
}

function sumOfOutput({ outputText = 0, outputReasoning = 0, outputAudio = 0, outputImage = 0 }: Partial<Usage>): number {
  return outputText + outputReasoning + outputAudio + outputImage;
}

const sampleContext: CodecContext = { lose: () => undefined, newId: (prefix) => `${prefix}sample`, now: () => 0, model: { id: '' } };
