import type {
  Block,
  BlockHead,
  CanonicalResponse,
  CanonicalSink,
  Citation,
  CodecContext,
  Seal,
  StopReason,
  TextBlock,
  Usage,
  Verdict,
} from '@tollgate/plugin-kit';

const opening = '<think>\n';
const closing = '\n</think>\n\n';

type Lose = CodecContext['lose'];

/** Text cannot carry what a vendor sealed: its thinking does not come back to it. */
function loseSeal(lose: Lose): void {
  lose({ field: 'seal', how: 'dropped', why: 'The channel delivers thinking as text.' });
}

/**
 * The answer with its thinking as `<think>…</think>` in the text that follows it, or in a text of its own where none does. Thinking of which
 * nothing is shown leaves nothing behind.
 */
export function withThinkingAsText(response: CanonicalResponse, lose: Lose): CanonicalResponse {
  const blocks: Block[] = [];
  let thought = '';
  const keepThought = (): void => {
    if (thought !== '') blocks.push({ type: 'text', text: thought });
    thought = '';
  };
  for (const block of response.blocks) {
    if (block.type === 'thinking') {
      if (block.seal !== undefined) loseSeal(lose);
      if (block.text !== '') thought += `${opening}${block.text}${closing}`;
    } else if (block.type === 'text') {
      blocks.push(thought === '' ? block : ({ ...block, text: thought + block.text } satisfies TextBlock));
      thought = '';
    } else {
      keepThought();
      blocks.push(block);
    }
  }
  keepThought();
  return { ...response, blocks };
}

/** The same for a stream: a text that thinking has opened stays open, so that the text behind it may go on in it. */
export class ThinkingAsText implements CanonicalSink {
  /** Blocks as the upstream counts them → as the client does. Thinking is there once something of it was said. */
  readonly #places = new Map<number, number>();
  readonly #thinking = new Set<number>();
  /** The client's block that holds thinking which is over. */
  #thought: number | undefined;
  #opened = 0;

  readonly #encoder: CanonicalSink;
  readonly #lose: Lose;

  constructor(encoder: CanonicalSink, lose: Lose) {
    this.#encoder = encoder;
    this.#lose = lose;
  }

  start(id: string, model: string): void {
    this.#encoder.start(id, model);
  }

  openBlock(index: number, head: BlockHead): void {
    if (head.type === 'thinking') this.#thinking.add(index);
    else this.#places.set(index, head.type === 'text' ? this.#textPlace() : this.#newPlace(head));
  }

  textDelta(index: number, text: string): void {
    if (text === '') return;
    let place = this.#places.get(index);
    if (place === undefined) {
      place = this.#textPlace();
      this.#places.set(index, place);
      this.#encoder.textDelta(place, opening);
    }
    this.#encoder.textDelta(place, text);
  }

  argumentsDelta(index: number, fragment: string): void {
    this.#encoder.argumentsDelta(this.#placeOf(index), fragment);
  }

  seal(index: number, seal: Seal): void {
    if (this.#thinking.has(index)) loseSeal(this.#lose);
    else this.#encoder.seal(this.#placeOf(index), seal);
  }

  citation(index: number, citation: Citation): void {
    if (!this.#thinking.has(index)) this.#encoder.citation(this.#placeOf(index), citation);
  }

  wholeBlock(index: number, block: Block): void {
    if (block.type === 'thinking') {
      this.openBlock(index, { type: 'thinking' });
      this.textDelta(index, block.text);
      if (block.seal !== undefined) this.seal(index, block.seal);
      this.closeBlock(index);
      return;
    }
    this.#closeThought();
    this.#encoder.wholeBlock(this.#opened, block);
    this.#opened += 1;
  }

  closeBlock(index: number): void {
    const place = this.#places.get(index);
    if (!this.#thinking.has(index)) this.#encoder.closeBlock(this.#placeOf(index));
    else if (place !== undefined) {
      this.#encoder.textDelta(place, closing);
      this.#closeThought();
      this.#thought = place;
    }
  }

  usage(patch: Partial<Usage>): void {
    this.#encoder.usage(patch);
  }

  stop(reason: StopReason, stopSequence?: string): void {
    this.#closeThought();
    this.#encoder.stop(reason, stopSequence);
  }

  fail(verdict: Verdict): void {
    this.#encoder.fail(verdict);
  }

  /** A text goes on in the one that thinking has opened. */
  #textPlace(): number {
    const thought = this.#thought;
    this.#thought = undefined;
    return thought ?? this.#newPlace({ type: 'text' });
  }

  #newPlace(head: BlockHead): number {
    this.#closeThought();
    const place = this.#opened;
    this.#opened += 1;
    this.#encoder.openBlock(place, head);
    return place;
  }

  #closeThought(): void {
    if (this.#thought !== undefined) this.#encoder.closeBlock(this.#thought);
    this.#thought = undefined;
  }

  #placeOf(index: number): number {
    const place = this.#places.get(index);
    if (place === undefined) throw new Error(`Block ${index} is not open.`);
    return place;
  }
}
