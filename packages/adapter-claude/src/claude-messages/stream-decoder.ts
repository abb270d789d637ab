import {
  type CanonicalSink,
  type CodecContext,
  type FrameDecoder,
  type JsonObject,
  type StopReason,
  type Usage,
  type Verdict,
  verdictForKind,
} from '@tollgate/plugin-kit';
import { failureOf } from './end.js';
import { decodeStopReason } from './stop-reason.js';
import { OpenBlocks } from './stream-blocks.js';
import { readUsage } from './usage.js';
import { isObject, objectsIn, textIn } from './wire.js';

/** Reads the vendor's events. Upstreams repeat, forget and splice events; the sink sees a well-ordered answer all the same. */
export class ClaudeStreamDecoder implements FrameDecoder {
  readonly #blocks: OpenBlocks;
  readonly #runningUsage: Partial<Usage> = {};
  #messageId: string | undefined;
  #stopReason: StopReason | undefined;
  #stopSequence: string | undefined;
  #started = false;
  #ended = false;

  readonly #out: CanonicalSink;
  readonly #context: CodecContext;
  readonly #editFrame: ((frame: JsonObject) => void) | undefined;

  constructor(out: CanonicalSink, context: CodecContext, editFrame?: (frame: JsonObject) => void) {
    this.#out = out;
    this.#context = context;
    this.#editFrame = editFrame;
    this.#blocks = new OpenBlocks(out, context);
  }

  frame(data: string): void {
    // Some imitators end their streams with the mark of another dialect.
    if (this.#ended || data === '[DONE]') return;
    const event: unknown = JSON.parse(data);
    if (!isObject(event)) return;
    this.#editFrame?.(event);
    switch (event.type) {
      case 'content_block_delta':
        this.#start();
        if (isObject(event.delta)) this.#blocks.delta(event.index, event.delta);
        return;
      case 'content_block_start':
        this.#start();
        if (isObject(event.content_block)) this.#blocks.open(event.index, event.content_block);
        return;
      case 'content_block_stop':
        this.#blocks.close(event.index);
        return;
      case 'message_start':
        this.#messageStart(isObject(event.message) ? event.message : {});
        return;
      case 'message_delta':
        this.#messageDelta(event);
        return;
      case 'message_stop':
        this.#start();
        this.#stop(this.#stopReason ?? 'end');
        return;
      case 'error':
        this.#fail(failureOf(event));
    }
  }

  /** A connection that closes well proves nothing: only a reason to stop, or the last event, says that the answer is whole. */
  end(cause: 'done' | 'cut'): void {
    if (this.#ended) return;
    if (this.#stopReason !== undefined) this.#stop(this.#stopReason);
    else if (cause === 'cut' || this.#blocks.anyOpened)
      this.#fail(verdictForKind('network', 502, 'The upstream broke off its answer.', 'upstream_cut'));
    else this.#fail(upstreamFailure('The upstream sent an empty answer.', 'upstream_empty'));
  }

  #messageStart(message: JsonObject): void {
    const id = textIn(message.id);
    const isOther = this.#messageId !== undefined && id !== this.#messageId;
    // A tool must never run with half of its arguments, and the rest of them will not come any more.
    if (isOther && this.#blocks.toolCallOpen) {
      this.#fail(upstreamFailure('The upstream began a second message inside a tool call.', 'upstream_invalid_stream'));
      return;
    }
    if (isOther) {
      this.#blocks.closeAll();
      this.#stopReason = undefined;
    }
    this.#start(message);
    if (isObject(message.usage)) this.#tellUsage(message.usage);
    // Continuations of code execution bring their content in the first event.
    if (this.#messageId === undefined || isOther) this.#blocks.openWhole(objectsIn(message.content));
    this.#messageId = id;
    this.#takeStopReason(message);
  }

  #messageDelta(event: JsonObject): void {
    this.#start();
    if (isObject(event.delta)) this.#takeStopReason(event.delta);
    if (isObject(event.usage)) this.#tellUsage(event.usage);
  }

  #takeStopReason(from: JsonObject): void {
    if (typeof from.stop_reason === 'string') this.#stopReason = decodeStopReason(from.stop_reason);
    if (typeof from.stop_sequence === 'string') this.#stopSequence = from.stop_sequence;
  }

  #tellUsage(stated: JsonObject): void {
    readUsage(stated, this.#runningUsage);
    this.#out.usage({ ...this.#runningUsage });
  }

  /** Does nothing after the first time. Without a message the upstream has forgotten to open it. */
  #start(message?: JsonObject): void {
    if (this.#started) return;
    this.#started = true;
    this.#out.start(textIn(message?.id) || this.#context.newId('msg_'), textIn(message?.model) || this.#context.model.id);
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

function upstreamFailure(message: string, code: string): Verdict {
  return verdictForKind('server', 502, message, code);
}
