import {
  type CanonicalSink,
  type CodecContext,
  type FrameDecoder,
  type JsonObject,
  objectIn,
  type StopReason,
  type Usage,
  type Verdict,
  verdictForKind,
} from '@tollgate/plugin-kit';
import { exceptionVerdict } from '../failures.js';
import { OpenBlocks } from './open-blocks.js';
import { decodeStopReason, stopSequenceIn } from './stop-reason.js';
import { usageReader } from './usage.js';
import { textIn } from './wire.js';

/** Reads the events of `ConverseStream`. Usage follows the reason to stop, so that the end is told only when nothing can follow. */
export class ConverseStreamDecoder implements FrameDecoder {
  readonly #out: CanonicalSink;
  readonly #context: CodecContext;
  readonly #editFrame: ((frame: JsonObject) => void) | undefined;
  readonly #blocks: OpenBlocks;
  #stopReason: StopReason | undefined;
  #stopSequence: string | undefined;
  #started = false;
  #ended = false;

  constructor(out: CanonicalSink, context: CodecContext, editFrame?: (frame: JsonObject) => void) {
    this.#out = out;
    this.#context = context;
    this.#editFrame = editFrame;
    this.#blocks = new OpenBlocks(out, context);
  }

  frame(data: string, event: string | undefined): void {
    if (this.#ended) return;
    const payload = objectIn(data === '' ? {} : JSON.parse(data));
    if (payload === undefined || event === undefined) return;
    this.#editFrame?.(payload);
    const { contentBlockIndex: index } = payload;
    switch (event) {
      case 'messageStart':
        this.#start();
        return;
      case 'contentBlockStart':
        this.#start();
        this.#blocks.open(index, objectIn(payload['start']) ?? {});
        return;
      case 'contentBlockDelta':
        this.#start();
        this.#blocks.delta(index, objectIn(payload['delta']) ?? {});
        return;
      case 'contentBlockStop':
        this.#blocks.close(index);
        return;
      case 'messageStop':
        this.#start();
        this.#stopReason = decodeStopReason(payload['stopReason']);
        this.#stopSequence = stopSequenceIn(payload['additionalModelResponseFields']);
        return;
      case 'metadata':
        this.#metadata(payload);
        return;
      default:
        if (/exception|error/i.test(event)) this.#fail(exceptionVerdict(event, textIn(payload['message'])));
    }
  }

  /** A connection that closes well proves nothing: only a reason to stop says that the answer is whole. */
  end(cause: 'done' | 'cut'): void {
    if (this.#ended) return;
    if (this.#stopReason !== undefined) this.#stop(this.#stopReason);
    else if (cause === 'cut' || this.#blocks.anyOpened)
      this.#fail(verdictForKind('network', 502, 'The upstream broke off its answer.', 'upstream_cut'));
    else this.#fail(verdictForKind('server', 502, 'The upstream sent an empty answer.', 'upstream_empty'));
  }

  #metadata(payload: JsonObject): void {
    this.#start();
    const stated: Partial<Usage> = {};
    usageReader.read(payload, stated);
    this.#out.usage(stated);
    if (this.#stopReason !== undefined) this.#stop(this.#stopReason);
  }

  /** Does nothing after the first time. Neither an id nor the model's name is in the stream. */
  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#out.start(this.#context.newId('msg_'), this.#context.model.id);
  }

  #stop(reason: StopReason): void {
    this.#blocks.closeAll();
    this.#ended = true;
    this.#out.stop(reason, this.#stopSequence);
  }

  #fail(verdict: Verdict): void {
    this.#ended = true;
    this.#out.fail(verdict);
  }
}
