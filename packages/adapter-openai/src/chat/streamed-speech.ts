import type { CanonicalSink, CodecContext, Seal } from '@tollgate/plugin-kit';
import { isResold, type ReadDetail, readDetail } from './reasoning-details.js';
import { loseNameless } from './sealed-thinking.js';

interface OpenBlock {
  readonly index: number;
  readonly type: 'text' | 'thinking';
  /** Of the detail that said the last words of it. */
  place: number | undefined;
  /** Words of thinking that came as plain text only; undefined once details said some. */
  plain: string | undefined;
  isSealed: boolean;
}

/** Where the seals of calls go, which may come before their calls. */
type SealCall = (callId: string, seal: Seal) => void;

/** What a stream says and thinks: one block at a time, which ends when something else is said or its seal has come. */
export class StreamedSpeech {
  private open: OpenBlock | undefined;

  constructor(
    private readonly out: CanonicalSink,
    private readonly context: CodecContext,
    private readonly takeBlockIndex: () => number,
    private readonly sealCall: SealCall,
  ) {}

  /** Index of the text that is open. */
  get openText(): number | undefined {
    return this.open?.type === 'text' ? this.open.index : undefined;
  }

  say(type: 'text' | 'thinking', words: string): void {
    const block = this.blockFor(type);
    if (type === 'thinking' && block.plain !== undefined) block.plain += words;
    this.out.textDelta(block.index, words);
  }

  /** Thinking in details, and what the same delta says of it in plain text. */
  think(plain: string, details: readonly unknown[]): void {
    const read = details.map(readDetail).filter((detail) => detail !== undefined);
    if (plain !== '' && !read.some(({ text }) => text)) this.say('thinking', plain);
    for (const detail of read) this.readDetail(detail);
  }

  /** A thought of which nothing is shown. */
  hide(seal: Seal): void {
    this.close();
    const index = this.takeBlockIndex();
    this.out.openBlock(index, { type: 'thinking', redacted: true });
    this.out.seal(index, seal);
    this.out.closeBlock(index);
  }

  close(): void {
    if (this.open !== undefined) this.out.closeBlock(this.open.index);
    this.open = undefined;
  }

  private readDetail(detail: ReadDetail): void {
    const { text, place, seal, redacted, on, isNameless } = detail;
    if (isNameless) loseNameless(this.context);
    if (seal === undefined || on === undefined) {
      if (text) this.sayDetail(text, place, seal);
      if (seal !== undefined) this.sealThinking(seal, place, redacted);
    } else if (on !== 'text') this.sealCall(on.callId, seal);
    else if (this.openText === undefined) this.hide(seal);
    else this.out.seal(this.openText, seal);
  }

  /**
   * Servers that stream plain text may repeat a thought in the detail that brings its seal. Where the plain text held more than that, the
   * thought is told again: a seal vouches for these words and no others.
   */
  private sayDetail(text: string, place: number | undefined, seal: Seal | undefined): void {
    const { type, plain } = this.open ?? {};
    if (seal !== undefined && type === 'thinking' && plain === text) return;
    if (plain === undefined ? this.open?.place !== place : seal !== undefined) this.close();
    const block = this.blockFor('thinking');
    block.place = place;
    block.plain = undefined;
    this.out.textDelta(block.index, text);
  }

  private sealThinking(seal: Seal, place: number | undefined, redacted: boolean): void {
    if (redacted) return this.hide(seal);
    const isOther = this.open?.plain === undefined && this.open?.place !== place && !isResold(seal);
    if (this.open?.type === 'thinking' && isOther) this.close();
    const block = this.blockFor('thinking');
    this.out.seal(block.index, seal);
    block.isSealed = true;
  }

  private blockFor(type: 'text' | 'thinking'): OpenBlock {
    if (this.open?.type === type && !this.open.isSealed) return this.open;
    this.close();
    const index = this.takeBlockIndex();
    this.out.openBlock(index, { type });
    this.open = { index, type, place: undefined, plain: type === 'thinking' ? '' : undefined, isSealed: false };
    return this.open;
  }
}
