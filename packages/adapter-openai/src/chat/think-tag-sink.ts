import type { Block, BlockHead, CanonicalSink, Citation, Seal, StopReason, Usage, Verdict } from '@tollgate/plugin-kit';

const opening = '<think>';
const closing = '</think>';

/**
 * Between a decoder and its sink: the first text, if it begins with the mark, becomes thinking up to the closing mark and text after it.
 * A text is held back only as long as it may be the mark, so later talk of it stays text.
 */
export class ThinkTagSink implements CanonicalSink {
  private state: 'new' | 'undecided' | 'thinking' | 'between' | 'plain' = 'new';
  /** The decoder's index of the first text. */
  private first = -1;
  /** What has come of the first text and has not been told. */
  private held = '';
  /** Our index of the thought, or of the text after it, that is open. */
  private open: number | undefined;
  private readonly indexes: number[] = [];
  private blockCount = 0;

  constructor(private readonly out: CanonicalSink) {}

  start(id: string, model: string): void {
    this.out.start(id, model);
  }

  openBlock(index: number, head: BlockHead): void {
    if (this.state === 'new' && head.type === 'text') {
      this.state = 'undecided';
      this.first = index;
      return;
    }
    this.settle();
    this.out.openBlock(this.take(index), head);
  }

  textDelta(index: number, text: string): void {
    if (index === this.first && this.state !== 'plain') this.read(text);
    else this.out.textDelta(this.indexOf(index), text);
  }

  argumentsDelta(index: number, fragment: string): void {
    this.out.argumentsDelta(this.indexOf(index), fragment);
  }

  seal(index: number, seal: Seal): void {
    if (this.isTold(index)) this.out.seal(this.indexOf(index), seal);
  }

  citation(index: number, citation: Citation): void {
    if (this.isTold(index)) this.out.citation(this.indexOf(index), citation);
  }

  wholeBlock(index: number, block: Block): void {
    this.settle();
    this.out.wholeBlock(this.take(index), block);
  }

  closeBlock(index: number): void {
    if (index !== this.first) return this.out.closeBlock(this.indexOf(index));
    this.settle();
    this.close();
  }

  usage(patch: Partial<Usage>): void {
    this.out.usage(patch);
  }

  stop(reason: StopReason, stopSequence?: string): void {
    if (stopSequence === undefined) this.out.stop(reason);
    else this.out.stop(reason, stopSequence);
  }

  fail(verdict: Verdict): void {
    this.out.fail(verdict);
  }

  private read(text: string): void {
    this.held += text;
    if (this.state === 'undecided') this.decide();
    if (this.state === 'thinking') this.think();
    if (this.state === 'between') this.goOn();
  }

  private decide(): void {
    const start = this.held.trimStart();
    if (start.startsWith(opening)) {
      this.held = start.slice(opening.length);
      this.state = 'thinking';
    } else if (!opening.startsWith(start)) this.tellText();
  }

  private think(): void {
    if (this.open === undefined) this.held = this.held.trimStart();
    const end = this.held.indexOf(closing);
    if (end < 0) {
      const sure = sureWords(this.held);
      this.tellThought(sure);
      this.held = this.held.slice(sure.length);
      return;
    }
    this.tellThought(this.held.slice(0, end).trimEnd());
    this.close();
    this.held = this.held.slice(end + closing.length);
    this.state = 'between';
  }

  private goOn(): void {
    this.held = this.held.trimStart();
    if (this.held !== '') this.tellText();
  }

  private tellThought(words: string): void {
    if (words === '') return;
    if (this.open === undefined) {
      this.open = this.blockCount++;
      this.out.openBlock(this.open, { type: 'thinking' });
    }
    this.out.textDelta(this.open, words);
  }

  private tellText(): void {
    this.state = 'plain';
    this.open = this.take(this.first);
    this.out.openBlock(this.open, { type: 'text' });
    this.out.textDelta(this.open, this.held);
    this.held = '';
  }

  /** Nothing more comes of the first text, or something else comes first: what is held back is what it seems to be. */
  private settle(): void {
    if (this.state === 'undecided' && this.held !== '') this.tellText();
    else if (this.state === 'thinking') this.tellThought(this.held.trimEnd());
    this.held = '';
    if (this.state === 'new') this.state = 'plain';
  }

  private close(): void {
    if (this.open !== undefined) this.out.closeBlock(this.open);
    this.open = undefined;
  }

  private take(index: number): number {
    this.indexes[index] = this.blockCount;
    return this.blockCount++;
  }

  private indexOf(index: number): number {
    return this.indexes[index] ?? index;
  }

  /** False for what belongs to a text of which nothing is told: there was only the thought. */
  private isTold(index: number): boolean {
    if (index === this.first && this.state === 'undecided') this.settle();
    return this.indexes[index] !== undefined;
  }
}

/** The words without what may still turn out to be none: white space, and a part of the closing mark, at their end. */
function sureWords(words: string): string {
  let partLength = Math.min(closing.length - 1, words.length);
  while (!words.endsWith(closing.slice(0, partLength))) partLength -= 1;
  return words.slice(0, words.length - partLength).trimEnd();
}
