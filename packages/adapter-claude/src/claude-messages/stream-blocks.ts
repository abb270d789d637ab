import type { CanonicalSink, CodecContext, JsonObject } from '@tollgate/plugin-kit';
import { decodeCitation } from './citations.js';
import { readSeal } from './seals.js';
import { ServerToolReader } from './server-tool-uses.js';
import { isObject, textIn } from './wire.js';

/** A block that only Claude knows: collected until it is whole. */
interface CollectedBlock {
  readonly kind: 'collected';
  readonly data: JsonObject;
  inputJson: string;
}

/** A block that the sink has open. */
interface SinkBlock {
  readonly kind: 'text' | 'thinking' | 'tool';
  /** The sink's number of the block; the vendor's is only a key here. */
  readonly index: number;
  /** Arguments that came with the first event, for upstreams that do not stream them. */
  readonly wholeInput?: unknown;
  argumentsSent: boolean;
}

/** The open blocks of a stream by the vendor's index, whatever order the upstream keeps. */
export class OpenBlocks {
  /** True once the sink has got a block. */
  anyOpened = false;
  #nextIndex = 0;
  readonly #serverTools = new ServerToolReader();
  readonly #byWireIndex = new Map<unknown, SinkBlock | CollectedBlock>();

  readonly #out: CanonicalSink;
  readonly #context: CodecContext;

  constructor(out: CanonicalSink, context: CodecContext) {
    this.#out = out;
    this.#context = context;
  }

  get toolCallOpen(): boolean {
    for (const block of this.#byWireIndex.values()) if (block.kind === 'tool') return true;
    return false;
  }

  open(wireIndex: unknown, content: JsonObject): void {
    this.close(wireIndex);
    switch (content.type) {
      case 'text':
        this.#openText(wireIndex, content);
        return;
      case 'thinking':
      case 'redacted_thinking':
        this.#openThinking(wireIndex, content);
        return;
      case 'tool_use': {
        const index = this.#takeIndex();
        this.#byWireIndex.set(wireIndex, { kind: 'tool', index, wholeInput: content.input, argumentsSent: false });
        this.#out.openBlock(index, {
          type: 'tool-call',
          id: textIn(content.id) || this.#context.newId('toolu_'),
          name: textIn(content.name),
        });
        return;
      }
      default:
        this.#byWireIndex.set(wireIndex, { kind: 'collected', data: { ...content }, inputJson: '' });
    }
  }

  /** Blocks that arrive whole. */
  openWhole(contents: readonly JsonObject[]): void {
    for (const [wireIndex, content] of contents.entries()) {
      this.open(wireIndex, content);
      this.close(wireIndex);
    }
  }

  delta(wireIndex: unknown, delta: JsonObject): void {
    const block = this.#byWireIndex.get(wireIndex) ?? this.#openForgotten(wireIndex, delta.type);
    if (block === undefined) return;
    if (block.kind === 'collected') {
      collect(block, delta);
      return;
    }
    switch (delta.type) {
      case 'text_delta':
        if (block.kind === 'text') this.#tellText(block, delta.text);
        return;
      case 'thinking_delta':
        if (block.kind === 'thinking') this.#tellText(block, delta.thinking);
        return;
      case 'input_json_delta':
        if (block.kind === 'tool') this.#tellArguments(block, textIn(delta.partial_json));
        return;
      case 'signature_delta':
        if (block.kind === 'thinking') this.#tellSeal(block, delta.signature);
        return;
      case 'citations_delta':
        if (block.kind === 'text') this.#tellCitation(block, delta.citation);
    }
  }

  close(wireIndex: unknown): void {
    const block = this.#byWireIndex.get(wireIndex);
    if (block === undefined) return;
    this.#byWireIndex.delete(wireIndex);
    if (block.kind === 'collected') {
      this.#out.wholeBlock(this.#takeIndex(), this.#serverTools.block(finished(block)));
      return;
    }
    if (block.kind === 'tool' && !block.argumentsSent) this.#out.argumentsDelta(block.index, JSON.stringify(block.wholeInput ?? {}));
    this.#out.closeBlock(block.index);
  }

  closeAll(): void {
    for (const wireIndex of this.#byWireIndex.keys()) this.close(wireIndex);
    this.#serverTools.loseUnanswered(this.#context);
  }

  #openText(wireIndex: unknown, content: JsonObject): SinkBlock {
    const block: SinkBlock = { kind: 'text', index: this.#takeIndex(), argumentsSent: false };
    this.#byWireIndex.set(wireIndex, block);
    this.#out.openBlock(block.index, { type: 'text' });
    this.#tellText(block, content.text);
    if (Array.isArray(content.citations)) for (const citation of content.citations) this.#tellCitation(block, citation);
    return block;
  }

  #openThinking(wireIndex: unknown, content: JsonObject): SinkBlock {
    const redacted = content.type === 'redacted_thinking';
    const block: SinkBlock = { kind: 'thinking', index: this.#takeIndex(), argumentsSent: false };
    this.#byWireIndex.set(wireIndex, block);
    this.#out.openBlock(block.index, redacted ? { type: 'thinking', redacted } : { type: 'thinking' });
    this.#tellText(block, content.thinking);
    this.#tellSeal(block, redacted ? content.data : content.signature);
    return block;
  }

  /** Text is worth keeping even if the upstream forgot to open its block; arguments without a name are not. */
  #openForgotten(wireIndex: unknown, deltaType: unknown): SinkBlock | undefined {
    if (deltaType === 'text_delta') return this.#openText(wireIndex, {});
    if (deltaType === 'thinking_delta') return this.#openThinking(wireIndex, {});
    return undefined;
  }

  #tellText(block: SinkBlock, text: unknown): void {
    if (typeof text === 'string' && text !== '') this.#out.textDelta(block.index, text);
  }

  #tellArguments(block: SinkBlock, fragment: string): void {
    if (fragment === '') return;
    block.argumentsSent = true;
    this.#out.argumentsDelta(block.index, fragment);
  }

  #tellSeal(block: SinkBlock, value: unknown): void {
    const seal = readSeal(value);
    if (seal !== undefined) this.#out.seal(block.index, seal);
  }

  #tellCitation(block: SinkBlock, wire: unknown): void {
    const citation = decodeCitation(wire);
    if (citation !== undefined) this.#out.citation(block.index, citation);
  }

  #takeIndex(): number {
    this.anyOpened = true;
    return this.#nextIndex++;
  }
}

/** Inputs grow as JSON text, other members (a compaction's `content`, for example) as plain text. */
function collect(block: CollectedBlock, delta: JsonObject): void {
  if (delta.type === 'input_json_delta') {
    block.inputJson += textIn(delta.partial_json);
    return;
  }
  for (const [member, value] of Object.entries(delta)) {
    if (member !== 'type' && typeof value === 'string') block.data[member] = textIn(block.data[member]) + value;
  }
}

function finished({ data, inputJson }: CollectedBlock): JsonObject {
  if (inputJson === '') return data;
  try {
    const input: unknown = JSON.parse(inputJson);
    return isObject(input) ? { ...data, input } : data;
  } catch {
    // A cut input is of no use to anyone; the block itself still is.
    return data;
  }
}
