import type { BlockHead, Citation, FrameSink, Seal, SealedPlace } from '@tollgate/plugin-kit';
import { encodeCitation } from './citations.js';
import { sealCarrier } from './placed-seals.js';
import { sealForClient } from './seals.js';
import type { WireBlock } from './wire.js';

/**
 * One block on its way to the client. Until it is live it keeps what it gets; then it writes at once. It opens with its first content, so
 * that blocks which stay empty never appear, except for tool calls, which mean something without arguments.
 */
export class StreamedBlock {
  closed = false;
  /** That of thinking is written at its end, as the vendor does. Those of others get a block of their own, as soon as there is room. */
  seal: Seal | undefined;
  #live = false;
  /** Text or arguments that came before the block was live. */
  #waiting = '';
  readonly #waitingCitations: Citation[] = [];
  #wireIndex: number | undefined;
  /** The constant front of each delta event, up to its text. */
  #deltaFront = '';

  readonly head: BlockHead;
  readonly #out: FrameSink;
  readonly #takeWireIndex: () => number;

  constructor(head: BlockHead, out: FrameSink, takeWireIndex: () => number) {
    this.head = head;
    this.#out = out;
    this.#takeWireIndex = takeWireIndex;
  }

  /** Text, thinking or a fragment of arguments, whatever the block is made of. */
  content(part: string): void {
    if (part === '') return;
    if (this.#live) this.#writeContent(this.#isFreeform ? insideJsonText(part) : part);
    else this.#waiting += part;
  }

  citation(citation: Citation): void {
    if (this.#live) this.#writeCitation(citation);
    else this.#waitingCitations.push(citation);
  }

  close(): void {
    this.closed = true;
    if (this.#live) this.#writeEnd();
  }

  /** Writes what has waited. Does nothing the second time. */
  goLive(): void {
    if (this.#live) return;
    this.#live = true;
    this.content(this.#waiting);
    for (const citation of this.#waitingCitations) this.#writeCitation(citation);
    if (this.closed) this.#writeEnd();
  }

  get #isFreeform(): boolean {
    return this.head.type === 'tool-call' && this.head.freeform === true;
  }

  #open(): number {
    // The seal of a call is often there before its first argument: then it stands before the call, where thinking belongs.
    if (this.head.type === 'tool-call') this.#writePlacedSeal({ callId: this.head.id });
    const index = this.#takeWireIndex();
    this.#wireIndex = index;
    this.#deltaFront = `{"type":"content_block_delta","index":${index},"delta":${deltaOpening[this.head.type]}`;
    this.#writeStart(index, emptyBlock(this.head));
    if (this.#isFreeform) this.#writeContent('{"input":"');
    return index;
  }

  #writeContent(text: string): void {
    if (this.#wireIndex === undefined) this.#open();
    this.#out.frame(`${this.#deltaFront}${JSON.stringify(text)}}}`, 'content_block_delta');
  }

  #writeCitation(citation: Citation): void {
    this.#writeDelta({ type: 'citations_delta', citation: encodeCitation(citation) });
  }

  #writeEnd(): void {
    if (this.head.type === 'thinking') return this.#writeEndOfThinking(this.head.redacted === true);
    if (this.head.type === 'tool-call' && this.#wireIndex === undefined) this.#open();
    if (this.#isFreeform) this.#writeContent('"}');
    if (this.#wireIndex !== undefined) this.#writeStop(this.#wireIndex);
    this.#writePlacedSeal(this.head.type === 'tool-call' ? { callId: this.head.id } : 'text');
  }

  #writeEndOfThinking(redacted: boolean): void {
    if (redacted) {
      if (this.seal !== undefined) this.#writeWhole({ type: 'redacted_thinking', data: sealForClient(this.seal) });
      return;
    }
    if (this.seal === undefined && this.#wireIndex === undefined) return;
    this.#writeDelta({ type: 'signature_delta', signature: sealForClient(this.seal) });
    if (this.#wireIndex !== undefined) this.#writeStop(this.#wireIndex);
  }

  #writePlacedSeal(place: SealedPlace): void {
    if (this.seal === undefined) return;
    this.#writeWhole(sealCarrier(this.seal, place));
    this.seal = undefined;
  }

  #writeWhole(block: WireBlock): void {
    const index = this.#takeWireIndex();
    this.#writeStart(index, block);
    this.#writeStop(index);
  }

  #writeDelta(delta: object): void {
    const index = this.#wireIndex ?? this.#open();
    this.#out.frame(JSON.stringify({ type: 'content_block_delta', index, delta }), 'content_block_delta');
  }

  #writeStart(index: number, contentBlock: object): void {
    this.#out.frame(JSON.stringify({ type: 'content_block_start', index, content_block: contentBlock }), 'content_block_start');
  }

  #writeStop(index: number): void {
    this.#out.frame(`{"type":"content_block_stop","index":${index}}`, 'content_block_stop');
  }
}

const deltaOpening: Readonly<Record<BlockHead['type'], string>> = {
  text: '{"type":"text_delta","text":',
  thinking: '{"type":"thinking_delta","thinking":',
  'tool-call': '{"type":"input_json_delta","partial_json":',
};

function emptyBlock(head: BlockHead): object {
  switch (head.type) {
    case 'text':
      return { type: 'text', text: '' };
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'tool-call':
      return { type: 'tool_use', id: head.id, name: head.name, input: {} };
  }
}

/** Plain text as it stands between the quotes of a JSON text. */
function insideJsonText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
