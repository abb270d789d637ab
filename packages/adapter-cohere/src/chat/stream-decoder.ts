import {
  type CanonicalSink,
  type CodecContext,
  type FrameDecoder,
  type JsonObject,
  objectIn,
  type Usage,
  type Verdict,
  verdictForKind,
} from '@tollgate/plugin-kit';
import { textIn } from '../wire.js';
import { OpenPart } from './open-part.js';
import { decodeStopReason, failureIn } from './stop-reason.js';
import { usageReader } from './usage.js';

/** Reads the events of a streamed answer (user guide, "A Guide to Streaming Responses"; https://docs.cohere.com/v2/docs/streaming). */
export class CohereStreamDecoder implements FrameDecoder {
  readonly #out: CanonicalSink;
  readonly #context: CodecContext;
  readonly #editFrame: ((frame: JsonObject) => void) | undefined;
  readonly #part: OpenPart;
  #started = false;
  #ended = false;

  constructor(out: CanonicalSink, context: CodecContext, editFrame?: (frame: JsonObject) => void) {
    this.#out = out;
    this.#context = context;
    this.#editFrame = editFrame;
    this.#part = new OpenPart(out, context);
  }

  frame(data: string): void {
    if (this.#ended || data === '' || data === '[DONE]') return;
    const frame = objectIn(JSON.parse(data));
    if (frame === undefined) return;
    this.#editFrame?.(frame);
    const delta = objectIn(frame['delta']) ?? {};
    const message = objectIn(delta['message']) ?? {};
    switch (frame['type']) {
      case 'message-start':
        this.#start(textIn(frame['id']));
        return;
      case 'message-end':
        this.#start('');
        this.#end(delta);
        return;
      case 'content-start':
      case 'content-delta':
        this.#start('');
        this.#part.content(objectIn(message['content']) ?? {});
        return;
      case 'tool-plan-delta':
        this.#start('');
        this.#part.text('plan', textIn(message['tool_plan']));
        return;
      case 'tool-call-start':
        this.#start('');
        this.#part.openCall(frame['index'], objectIn(message['tool_calls']) ?? {});
        return;
      case 'tool-call-delta':
        this.#part.callDelta(frame['index'], objectIn(message['tool_calls']) ?? {});
        return;
      case 'tool-call-end':
        this.#part.closeCall(frame['index']);
        return;
      case 'citation-start':
        this.#part.citation(objectIn(message['citations']) ?? {});
    }
  }

  /** Only the last event says that the answer is whole. */
  end(cause: 'done' | 'cut'): void {
    if (this.#ended) return;
    if (cause === 'cut' || this.#part.anyOpened)
      this.#fail(verdictForKind('network', 502, 'The upstream broke off its answer.', 'upstream_cut'));
    else this.#fail(verdictForKind('server', 502, 'The upstream sent an empty answer.', 'upstream_empty'));
  }

  #end(delta: JsonObject): void {
    const usage: Partial<Usage> = {};
    usageReader.read({ delta }, usage);
    this.#out.usage(usage);
    const failure = failureIn(delta);
    if (failure !== undefined) {
      this.#fail(failure);
      return;
    }
    this.#part.close();
    this.#ended = true;
    this.#out.stop(decodeStopReason(delta['finish_reason']));
  }

  /** Does nothing after the first time. The model's name is not in the stream. */
  #start(id: string): void {
    if (this.#started) return;
    this.#started = true;
    this.#out.start(id || this.#context.newId('msg_'), this.#context.model.id);
  }

  #fail(verdict: Verdict): void {
    this.#ended = true;
    this.#out.fail(verdict);
  }
}
