import { type CanonicalSink, type CodecContext, type JsonObject, objectIn } from '@tollgate/plugin-kit';
import { textIn } from '../wire.js';
import { type CitedPart, citedPart, decodeCitation } from './citations.js';

type Kind = CitedPart | 'call';

/**
 * The one part of a streamed answer that is being written. Parts follow each other; a part is closed when the next one begins and not when the
 * stream says so, since citations may come behind the text that they are about.
 */
export class OpenPart {
  anyOpened = false;
  #nextIndex = 0;
  #open: { readonly kind: Kind; readonly index: number; isEmpty: boolean } | undefined;
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
    if (this.#open?.kind !== kind) {
      this.close();
      this.#out.openBlock(this.#add(kind), { type: kind === 'thinking' ? 'thinking' : 'text' });
    }
    this.#out.textDelta(this.#nextIndex - 1, text);
  }

  openCall(call: JsonObject): void {
    this.close();
    const { name } = objectIn(call['function']) ?? {};
    const index = this.#add('call');
    this.#out.openBlock(index, { type: 'tool-call', id: textIn(call['id']) || this.#context.newId('call_'), name: textIn(name) });
    this.callDelta(call);
  }

  /** A fragment of a call that was never opened belongs to nothing. */
  callDelta(call: JsonObject): void {
    const fragment = textIn(objectIn(call['function'])?.['arguments']);
    if (this.#open?.kind !== 'call' || fragment === '') return;
    this.#open.isEmpty = false;
    this.#out.argumentsDelta(this.#open.index, fragment);
  }

  /** What is about another part than the one that is open has no place any more. */
  citation(wire: JsonObject): void {
    if (this.#open === undefined || this.#open.kind === 'thinking' || this.#open.kind !== citedPart(wire)) return;
    for (const citation of decodeCitation(wire)) this.#out.citation(this.#open.index, citation);
  }

  close(): void {
    if (this.#open === undefined) return;
    const { kind, index, isEmpty } = this.#open;
    if (kind === 'call' && isEmpty) this.#out.argumentsDelta(index, '{}');
    this.#out.closeBlock(index);
    this.#open = undefined;
  }

  #add(kind: Kind): number {
    const index = this.#nextIndex;
    this.#nextIndex += 1;
    this.anyOpened = true;
    this.#open = { kind, index, isEmpty: true };
    return index;
  }
}
