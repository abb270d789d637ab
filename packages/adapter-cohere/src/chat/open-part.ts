import { type CanonicalSink, type CodecContext, type JsonObject, objectIn } from '@tollgate/plugin-kit';
import { textIn } from '../wire.js';
import { type CitedPart, citedPart, decodeCitation } from './citations.js';

interface OpenCall {
  readonly index: number;
  isEmpty: boolean;
}

/**
 * What of a streamed answer is being written: one text, or calls of tools, which the stream tells apart by their index. A text is closed when
 * something else begins and not when the stream says so, since citations may come behind the text that they are about.
 */
export class OpenPart {
  anyOpened = false;
  #nextIndex = 0;
  #text: { readonly kind: CitedPart; readonly index: number } | undefined;
  readonly #calls = new Map<unknown, OpenCall>();
  readonly #out: CanonicalSink;
  readonly #context: CodecContext;

  constructor(out: CanonicalSink, context: CodecContext) {
    this.#out = out;
    this.#context = context;
  }

  /** More of a content of the answer, which says by its field what it is. */
  content({ text, thinking }: JsonObject): void {
    if (typeof thinking === 'string') this.text('thinking', thinking);
    if (typeof text === 'string') this.text('text', text);
  }

  text(kind: CitedPart, text: string): void {
    if (text === '') return;
    if (this.#text?.kind !== kind) {
      this.close();
      this.#text = { kind, index: this.#taken() };
      this.#out.openBlock(this.#text.index, { type: kind === 'thinking' ? 'thinking' : 'text' });
    }
    this.#out.textDelta(this.#text.index, text);
  }

  openCall(wireIndex: unknown, call: JsonObject): void {
    this.#closeText();
    this.closeCall(wireIndex);
    const { name } = objectIn(call['function']) ?? {};
    const index = this.#taken();
    this.#calls.set(wireIndex, { index, isEmpty: true });
    this.#out.openBlock(index, { type: 'tool-call', id: textIn(call['id']) || this.#context.newId('call_'), name: textIn(name) });
    this.callDelta(wireIndex, call);
  }

  /** A fragment of a call that was never opened belongs to nothing. */
  callDelta(wireIndex: unknown, call: JsonObject): void {
    const open = this.#calls.get(wireIndex);
    const fragment = textIn(objectIn(call['function'])?.['arguments']);
    if (open === undefined || fragment === '') return;
    open.isEmpty = false;
    this.#out.argumentsDelta(open.index, fragment);
  }

  closeCall(wireIndex: unknown): void {
    const open = this.#calls.get(wireIndex);
    if (open === undefined) return;
    this.#calls.delete(wireIndex);
    if (open.isEmpty) this.#out.argumentsDelta(open.index, '{}');
    this.#out.closeBlock(open.index);
  }

  /** What is about another part than the one that is open has no place any more. */
  citation(wire: JsonObject): void {
    if (this.#text === undefined || this.#text.kind === 'thinking' || this.#text.kind !== citedPart(wire)) return;
    for (const citation of decodeCitation(wire)) this.#out.citation(this.#text.index, citation);
  }

  close(): void {
    this.#closeText();
    for (const wireIndex of this.#calls.keys()) this.closeCall(wireIndex);
  }

  #closeText(): void {
    if (this.#text !== undefined) this.#out.closeBlock(this.#text.index);
    this.#text = undefined;
  }

  #taken(): number {
    const index = this.#nextIndex;
    this.#nextIndex += 1;
    this.anyOpened = true;
    return index;
  }
}
