import { type CanonicalSink, type CodecContext, type JsonObject, objectIn } from '@tollgate/plugin-kit';
import { decodeCitation } from './citations.js';
import { textIn, vendor } from './wire.js';

interface OpenBlock {
  readonly kind: 'text' | 'thinking' | 'tool-call';
  /** The sink's number of the block. */
  readonly index: number;
  signature: string;
}

/** The open blocks of a stream by Bedrock's index. Only calls of tools are opened by an event; the rest begins with its first delta. */
export class OpenBlocks {
  anyOpened = false;
  #nextIndex = 0;
  readonly #byWireIndex = new Map<unknown, OpenBlock>();
  readonly #out: CanonicalSink;
  readonly #context: CodecContext;

  constructor(out: CanonicalSink, context: CodecContext) {
    this.#out = out;
    this.#context = context;
  }

  open(wireIndex: unknown, start: JsonObject): void {
    const toolUse = objectIn(start['toolUse']);
    if (toolUse === undefined) return;
    this.close(wireIndex);
    const block = this.#add(wireIndex, 'tool-call');
    const id = textIn(toolUse['toolUseId']) || this.#context.newId('tooluse_');
    this.#out.openBlock(block.index, { type: 'tool-call', id, name: textIn(toolUse['name']) });
  }

  delta(wireIndex: unknown, delta: JsonObject): void {
    const [toolUse, reasoning, citation] = ['toolUse', 'reasoningContent', 'citation'].map((name) => objectIn(delta[name]));
    if (typeof delta['text'] === 'string') this.#out.textDelta(this.#opened(wireIndex, 'text').index, delta['text']);
    if (reasoning !== undefined) this.#reasoning(wireIndex, reasoning);
    if (citation !== undefined) this.#out.citation(this.#opened(wireIndex, 'text').index, decodeCitation(citation));
    const call = this.#byWireIndex.get(wireIndex);
    // A fragment of a call that was never opened belongs to nothing.
    if (typeof toolUse?.['input'] === 'string' && call?.kind === 'tool-call') this.#out.argumentsDelta(call.index, toolUse['input']);
  }

  close(wireIndex: unknown): void {
    const block = this.#byWireIndex.get(wireIndex);
    if (block === undefined) return;
    this.#byWireIndex.delete(wireIndex);
    if (block.signature !== '') this.#out.seal(block.index, { vendor, value: block.signature });
    this.#out.closeBlock(block.index);
  }

  closeAll(): void {
    for (const wireIndex of this.#byWireIndex.keys()) this.close(wireIndex);
  }

  #reasoning(wireIndex: unknown, { text, signature, redactedContent }: JsonObject): void {
    const block = this.#opened(wireIndex, 'thinking', typeof redactedContent === 'string');
    if (typeof text === 'string') this.#out.textDelta(block.index, text);
    if (typeof signature === 'string') block.signature += signature;
    if (typeof redactedContent === 'string') block.signature += redactedContent;
  }

  #opened(wireIndex: unknown, kind: 'text' | 'thinking', isRedacted = false): OpenBlock {
    const known = this.#byWireIndex.get(wireIndex);
    if (known?.kind === kind) return known;
    this.close(wireIndex);
    const block = this.#add(wireIndex, kind);
    this.#out.openBlock(block.index, kind === 'text' ? { type: kind } : { type: kind, ...(isRedacted ? { redacted: true } : {}) });
    return block;
  }

  #add(wireIndex: unknown, kind: OpenBlock['kind']): OpenBlock {
    const block: OpenBlock = { kind, index: this.#nextIndex, signature: '' };
    this.#nextIndex += 1;
    this.anyOpened = true;
    this.#byWireIndex.set(wireIndex, block);
    return block;
  }
}
