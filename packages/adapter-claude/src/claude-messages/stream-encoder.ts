import {
  type Block,
  type BlockHead,
  type CanonicalSink,
  type Citation,
  type CodecContext,
  emptyUsage,
  type FrameSink,
  type Seal,
  type StopReason,
  type Usage,
  type Verdict,
} from '@tollgate/plugin-kit';
import { encodeWholeBlock } from './encode-response.js';
import { encodeErrorBody } from './errors.js';
import { encodeStopReason } from './stop-reason.js';
import { StreamedBlock } from './streamed-block.js';
import { encodeUsage } from './usage.js';
import type { WireBlock } from './wire.js';

/**
 * Writes the vendor's events. Its clients know one open block at a time: the first open one is written live, the others wait with what they
 * have got and follow in their order.
 */
export class ClaudeStreamEncoder implements CanonicalSink {
  readonly #usageSoFar: Usage = emptyUsage();
  /** Blocks that are not written to their end, in the sink's order. */
  readonly #queue: (StreamedBlock | WireBlock)[] = [];
  readonly #open = new Map<number, StreamedBlock>();
  #nextWireIndex = 0;

  readonly #out: FrameSink;
  readonly #model: string;
  readonly #context: CodecContext;

  /** @param model the name that the client asked for. Clients drop the thinking, seals and all, of what looks like another model's answer. */
  constructor(out: FrameSink, model: string, context: CodecContext) {
    this.#out = out;
    this.#model = model;
    this.#context = context;
  }

  start(id: string): void {
    const message = {
      id: id || this.#context.newId('msg_'),
      type: 'message',
      role: 'assistant',
      model: this.#model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: encodeUsage(this.#usageSoFar),
    };
    this.#write('message_start', { message });
  }

  openBlock(index: number, head: BlockHead): void {
    const block = new StreamedBlock(head, this.#out, () => this.#nextWireIndex++);
    this.#open.set(index, block);
    this.#queue.push(block);
    if (this.#queue.length === 1) block.goLive();
  }

  textDelta(index: number, text: string): void {
    this.#open.get(index)?.content(text);
  }

  argumentsDelta(index: number, fragment: string): void {
    this.#open.get(index)?.content(fragment);
  }

  seal(index: number, seal: Seal): void {
    const block = this.#open.get(index);
    if (block !== undefined) block.seal = seal;
  }

  citation(index: number, citation: Citation): void {
    this.#open.get(index)?.citation(citation);
  }

  wholeBlock(_index: number, block: Block): void {
    const whole = encodeWholeBlock(block, this.#context);
    this.#queue.push(...whole);
    this.#advance();
  }

  closeBlock(index: number): void {
    this.#open.get(index)?.close();
    this.#open.delete(index);
    this.#advance();
  }

  usage(patch: Partial<Usage>): void {
    Object.assign(this.#usageSoFar, patch);
  }

  stop(reason: StopReason, stopSequence?: string): void {
    const delta = { stop_reason: encodeStopReason(reason), stop_sequence: stopSequence ?? null };
    this.#write('message_delta', { delta, usage: encodeUsage(this.#usageSoFar) });
    this.#write('message_stop', {});
  }

  fail(verdict: Verdict): void {
    this.#out.frame(JSON.stringify(encodeErrorBody(verdict)), 'error');
  }

  /** Takes finished blocks off the front of the queue until one is still open, which goes live. */
  #advance(): void {
    for (let block = this.#queue[0]; block !== undefined; block = this.#queue[0]) {
      if (!(block instanceof StreamedBlock)) this.#writeWhole(block);
      else {
        block.goLive();
        if (!block.closed) return;
      }
      this.#queue.shift();
    }
  }

  #writeWhole(block: WireBlock): void {
    const index = this.#nextWireIndex++;
    this.#write('content_block_start', { index, content_block: block });
    this.#write('content_block_stop', { index });
  }

  #write(type: string, members: object): void {
    this.#out.frame(JSON.stringify({ type, ...members }), type);
  }
}
