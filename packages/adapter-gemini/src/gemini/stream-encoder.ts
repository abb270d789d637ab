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
  type ThinkingBlock,
  type ToolCallBlock,
  type Usage,
  type Verdict,
} from '@tollgate/plugin-kit';
import { groundingOf } from './citations.js';
import { answerParts, callPart, queriesIn } from './encode-answer.js';
import { encodeError } from './errors.js';
import { needsCarrying, signatureOf } from './seals.js';
import { finishReasonOf } from './stop-reason.js';
import { encodeUsage } from './usage.js';
import type { WireCandidate, WirePart } from './wire.js';

type Growing<Kind extends Block> = { -readonly [Field in keyof Kind]: Kind[Field] };

/**
 * Writes frames of one part each: the vendor's SDK for JavaScript joins the parts of a frame wrongly. Texts go out as they come; a call goes
 * out when its block closes, since clients take arguments only whole.
 */
export class StreamEncoder implements CanonicalSink {
  readonly #out: FrameSink;
  readonly #context: CodecContext;
  readonly #calls = new Map<number, Growing<ToolCallBlock>>();
  readonly #thinking = new Map<number, Growing<ThinkingBlock>>();
  /** Thinking that the next call has to bring back. */
  #carried: ThinkingBlock[] = [];
  readonly #citations: Citation[] = [];
  readonly #queries: string[] = [];
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
    else if (head.type === 'thinking') this.#thinking.set(index, { ...head, text: '' });
  }

  textDelta(index: number, text: string): void {
    if (text === '') return;
    const thinking = this.#thinking.get(index);
    if (thinking !== undefined) thinking.text += text;
    const thought = thinking === undefined ? '' : ',"thought":true';
    this.#frame(`{"text":${JSON.stringify(text)}${thought}}`);
  }

  argumentsDelta(index: number, fragment: string): void {
    const call = this.#calls.get(index);
    if (call !== undefined) call.arguments += fragment;
  }

  seal(index: number, seal: Seal): void {
    const call = this.#calls.get(index);
    const thinking = this.#thinking.get(index);
    if (thinking !== undefined) thinking.seal = seal;
    if (call !== undefined) call.seal = seal;
    else this.#part({ text: '', ...(thinking === undefined ? {} : { thought: true }), thoughtSignature: signatureOf(seal) });
  }

  citation(_index: number, citation: Citation): void {
    this.#citations.push(citation);
  }

  wholeBlock(_index: number, block: Block): void {
    this.#queries.push(...(queriesIn(block) ?? []));
    for (const part of answerParts(block, this.#context)) this.#part(part);
  }

  closeBlock(index: number): void {
    const [call, thinking] = [this.#calls.get(index), this.#thinking.get(index)];
    if (thinking !== undefined && needsCarrying(thinking)) this.#carried.push(thinking);
    if (call === undefined) return;
    this.#calls.delete(index);
    this.#part(callPart(call, this.#carried, this.#context));
    this.#carried = [];
  }

  usage(patch: Partial<Usage>): void {
    this.#usage = Object.assign(this.#usage ?? emptyUsage(), patch);
  }

  stop(reason: StopReason): void {
    const groundingMetadata = groundingOf(this.#citations, this.#queries);
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

  #part(part: WirePart | JsonObject): void {
    this.#frame(JSON.stringify(part));
  }

  #frame(part: string): void {
    this.#out.frame(`{"candidates":[{"content":{"parts":[${part}${this.#frameEnd}`);
  }
}
