import {
  type Block,
  type BlockHead,
  type CanonicalSink,
  type Citation,
  type Dialect,
  type FrameDecoder,
  type FrameScanner,
  FrameWriter,
  type PublicError,
  type Seal,
  type StopReason,
  upstreamScanner,
  type Usage,
  type Verdict,
} from '@tollgate/plugin-kit';
import type { RelayCall, Translation } from './relay-call.js';
import type { StreamLane } from './stream-lane.js';
import { ThinkingAsText } from './thinking-as-text.js';
import type { UsageMeter } from './usage-meter.js';

/** Two languages: the upstream's decoder drives the client's encoder, frame by frame, with the meter in between. */
export class TranslateLane implements StreamLane {
  #out = '';
  wasCut = false;
  readonly #scanner: FrameScanner;
  readonly #writer: FrameWriter;
  readonly #encoder: CanonicalSink;
  readonly #decoder: FrameDecoder;
  readonly #sink: MeteredSink;

  constructor(
    call: RelayCall,
    upstreamDialect: Dialect,
    model: string,
    translation: Translation,
    meter: UsageMeter,
    thinkingAsText = false,
  ) {
    const context = translation.context(model, 'answer');
    this.#writer = new FrameWriter(call.framing, (text) => {
      this.#out += text;
    });
    const encoder = call.dialect.client.streamEncoder(this.#writer, translation.request(), context);
    this.#encoder = thinkingAsText ? new ThinkingAsText(encoder, context.lose) : encoder;
    this.#sink = new MeteredSink(this.#encoder, meter);
    this.#decoder = upstreamDialect.upstream.streamDecoder(this.#sink, context, (frame) => {
      upstreamDialect.edits?.frame?.(frame);
      meter.hear(frame);
    });
    this.#scanner = upstreamScanner(upstreamDialect, (data, event) => this.#decoder.frame(data, event));
  }

  get failure(): Verdict | undefined {
    return this.#sink.failure;
  }

  take(bytes: Buffer): string | undefined {
    this.#scanner.push(bytes);
    return this.#written();
  }

  finish(cause: 'done' | 'cut'): string | undefined {
    this.#scanner.end();
    this.wasCut = this.failure === undefined;
    this.#decoder.end(cause);
    this.wasCut &&= this.failure !== undefined;
    if (this.failure === undefined) this.#writer.end();
    return this.#written();
  }

  fail(error: PublicError): string {
    // The message of a thrown error is not among what is spread.
    this.#encoder.fail({ ...error, message: error.message, scope: 'request', retry: 'never' });
    this.#writer.end();
    return this.#written() ?? '';
  }

  close(): void {
    // Usage has been read frame by frame.
  }

  #written(): string | undefined {
    const text = this.#out;
    this.#out = '';
    return text === '' ? undefined : text;
  }
}

/** Passes every event on to the client's encoder and counts what it carries. A failure is kept: the relay decides what the client sees of it. */
class MeteredSink implements CanonicalSink {
  failure: Verdict | undefined;

  readonly #encoder: CanonicalSink;
  readonly #meter: UsageMeter;

  constructor(encoder: CanonicalSink, meter: UsageMeter) {
    this.#encoder = encoder;
    this.#meter = meter;
  }

  start(id: string, model: string): void {
    this.#encoder.start(id, model);
  }
  openBlock(index: number, head: BlockHead): void {
    if (head.type === 'tool-call') this.#meter.toolCall(head.name);
    this.#encoder.openBlock(index, head);
  }
  textDelta(index: number, text: string): void {
    this.#meter.text(text);
    this.#encoder.textDelta(index, text);
  }
  argumentsDelta(index: number, fragment: string): void {
    this.#meter.text(fragment);
    this.#encoder.argumentsDelta(index, fragment);
  }
  seal(index: number, seal: Seal): void {
    this.#encoder.seal(index, seal);
  }
  citation(index: number, citation: Citation): void {
    this.#encoder.citation(index, citation);
  }
  wholeBlock(index: number, block: Block): void {
    this.#encoder.wholeBlock(index, block);
  }
  closeBlock(index: number): void {
    this.#encoder.closeBlock(index);
  }
  usage(patch: Partial<Usage>): void {
    this.#meter.patch(patch);
    this.#encoder.usage(patch);
  }
  stop(reason: StopReason, stopSequence?: string): void {
    this.#encoder.stop(reason, stopSequence);
  }
  fail(verdict: Verdict): void {
    this.failure ??= verdict;
  }
}
