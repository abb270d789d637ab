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
import { citationsIn, textIn, usageReader } from './answer.js';
import { verdictOf } from './failures.js';

/** Reads the events of an app's answer: the text piece by piece, usage and quoted documents at its end. */
export class DifyStreamDecoder implements FrameDecoder {
  readonly #out: CanonicalSink;
  readonly #context: CodecContext;
  readonly #editFrame: ((frame: JsonObject) => void) | undefined;
  #isOpen = false;
  #ended = false;
  /** What came was taken back by the app's moderation. */
  #isReplaced = false;

  constructor(out: CanonicalSink, context: CodecContext, editFrame?: (frame: JsonObject) => void) {
    this.#out = out;
    this.#context = context;
    this.#editFrame = editFrame;
  }

  frame(data: string): void {
    if (this.#ended || data === '') return;
    const frame = objectIn(JSON.parse(data));
    if (frame === undefined) return;
    this.#editFrame?.(frame);
    switch (frame['event']) {
      case 'message':
      case 'agent_message':
        this.#text(frame);
        return;
      case 'message_replace':
        this.#isReplaced = true;
        // What went out cannot be taken back.
        if (!this.#isOpen) this.#text(frame);
        return;
      case 'message_end':
        this.#end(frame);
        return;
      case 'error':
        this.#fail(verdictOf(frame) ?? verdictForKind('server', 502, 'The upstream reported an error.', 'upstream_error'));
    }
  }

  /** Only the last event says that the answer is whole. */
  end(cause: 'done' | 'cut'): void {
    if (this.#ended) return;
    if (cause === 'cut' || this.#isOpen) this.#fail(verdictForKind('network', 502, 'The upstream broke off its answer.', 'upstream_cut'));
    else this.#fail(verdictForKind('server', 502, 'The upstream sent an empty answer.', 'upstream_empty'));
  }

  #text(frame: JsonObject): void {
    this.#open(frame);
    this.#out.textDelta(0, textIn(frame['answer']));
  }

  #end(frame: JsonObject): void {
    this.#open(frame);
    const usage: Partial<Usage> = {};
    usageReader.read(frame, usage);
    this.#out.usage(usage);
    for (const citation of citationsIn(frame['metadata'])) this.#out.citation(0, citation);
    this.#out.closeBlock(0);
    this.#ended = true;
    this.#out.stop(this.#isReplaced ? 'filter' : 'end');
  }

  #open(frame: JsonObject): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#out.start(textIn(frame['message_id']) || this.#context.newId('msg_'), this.#context.model.id);
    this.#out.openBlock(0, { type: 'text' });
  }

  #fail(verdict: Verdict): void {
    this.#ended = true;
    this.#out.fail(verdict);
  }
}
