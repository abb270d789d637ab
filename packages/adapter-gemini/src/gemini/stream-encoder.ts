import {
  type Block,
  type BlockHead,
  type CanonicalSink,
  type Citation,
  type CodecContext,
  emptyUsage,
  type FrameSink,
  type JsonObject,
  type Seal,
  type StopReason,
  type Usage,
  type Verdict,
} from '@tollgate/plugin-kit';
import { groundingOf } from './citations.js';
import { answerPart } from './encode-answer.js';
import { encodeError } from './errors.js';
import { signatureOf } from './seals.js';
import { finishReasonOf } from './stop-reason.js';
import { encodeUsage } from './usage.js';
import type { WireCandidate, WirePart } from './wire.js';

type OpenCall = Extract<BlockHead, { type: 'tool-call' }> & { arguments: string; seal?: Seal };

/**
 * Writes frames of one part each: the vendor's SDK for JavaScript joins the parts of a frame wrongly. Texts go out as they come; a call goes
 * out when its block closes, since clients take arguments only whole.
 */
export class StreamEncoder implements CanonicalSink {
  readonly #out: FrameSink;
  readonly #context: CodecContext;
  readonly #calls = new Map<number, OpenCall>();
  readonly #thinking = new Set<number>();
  readonly #citations: Citation[] = [];
  #usage: Usage | undefined;
  #tail: { readonly modelVersion: string; readonly responseId: string } = { modelVersion: '', responseId: '' };
  /** What follows the part in a frame, as JSON text: the same for all frames but the last. */
  #frameEnd = '';

  constructor(out: FrameSink, context: CodecContext) {
    this.#out = out;
    this.#context = context;
  }

  start(id: string, model: string): void {
    this.#tail = { modelVersion: model, responseId: id };
    this.#frameEnd = `],"role":"model"},"index":0}],${JSON.stringify(this.#tail).slice(1)}`;
  }

  openBlock(index: number, head: BlockHead): void {
    if (head.type === 'tool-call') this.#calls.set(index, { ...head, arguments: '' });
    else if (head.type === 'thinking') this.#thinking.add(index);
  }

  textDelta(index: number, text: string): void {
    if (text === '') return;
    const thought = this.#thinking.has(index) ? ',"thought":true' : '';
    this.#frame(`{"text":${JSON.stringify(text)}${thought}}`);
  }

  argumentsDelta(index: number, fragment: string): void {
    const call = this.#calls.get(index);
    if (call !== undefined) call.arguments += fragment;
  }

  seal(index: number, seal: Seal): void {
    const call = this.#calls.get(index);
    if (call !== undefined) call.seal = seal;
    else this.#part({ text: '', ...(this.#thinking.has(index) ? { thought: true } : {}), thoughtSignature: signatureOf(seal) });
  }

  citation(_index: number, citation: Citation): void {
    this.#citations.push(citation);
  }

  wholeBlock(_index: number, block: Block): void {
    this.#part(answerPart(block, this.#context));
  }

  closeBlock(index: number): void {
    const call = this.#calls.get(index);
    if (call === undefined) return;
    this.#calls.delete(index);
    this.#part(answerPart(call, this.#context));
  }

  usage(patch: Partial<Usage>): void {
    this.#usage = Object.assign(this.#usage ?? emptyUsage(), patch);
  }

  stop(reason: StopReason): void {
    const groundingMetadata = groundingOf(this.#citations);
    const candidate: WireCandidate = {
      content: { parts: [{ text: '' }], role: 'model' },
      finishReason: finishReasonOf(reason),
      index: 0,
      ...(groundingMetadata === undefined ? {} : { groundingMetadata }),
    };
    const usage = this.#usage === undefined ? {} : { usageMetadata: encodeUsage(this.#usage) };
    this.#out.frame(JSON.stringify({ candidates: [candidate], ...usage, ...this.#tail }));
  }

  fail(verdict: Verdict): void {
    this.#out.frame(JSON.stringify(encodeError(verdict).body));
  }

  #part(part: WirePart | JsonObject | undefined): void {
    if (part !== undefined) this.#frame(JSON.stringify(part));
  }

  #frame(part: string): void {
    this.#out.frame(`{"candidates":[{"content":{"parts":[${part}${this.#frameEnd}`);
  }
}
