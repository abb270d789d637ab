import type { Block, CodecContext, Seal, ThinkingBlock } from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { isResold, type ReadDetail, readDetail } from './reasoning-details.js';

/** The thinking of a whole message, and the seals in its details that lie on something else. */
export interface SealedThinking {
  readonly blocks: readonly ThinkingBlock[];
  readonly ofCalls: ReadonlyMap<string, Seal>;
  readonly ofText: Seal | undefined;
}

interface GrowingBlock {
  text: string | undefined;
  readonly place: number | undefined;
  readonly redacted: boolean;
  seal: Seal | undefined;
}

/**
 * Joins the details of a message, and the same thinking in plain text beside them, which may hold thoughts that have no detail.
 * @param callIds the calls of the message: a seal for any other call is a thought of its own.
 */
export function readSealedThinking(plain: string, details: unknown, callIds: ReadonlySet<string>, context: CodecContext): SealedThinking {
  const growing: GrowingBlock[] = [];
  const ofCalls = new Map<string, Seal>();
  let ofText: Seal | undefined;
  for (const detail of Array.isArray(details) ? details.map(readDetail) : []) {
    if (detail === undefined) continue;
    if (detail.isNameless) loseNameless(context);
    const { seal, on } = detail;
    if (seal !== undefined && on === 'text') ofText = seal;
    else if (seal !== undefined && on !== undefined && on !== 'text' && callIds.has(on.callId)) ofCalls.set(on.callId, seal);
    else addDetail(growing, detail);
  }
  return { blocks: withPlainText(growing, plain).map(finished), ofCalls, ofText };
}

export function loseNameless(context: CodecContext): void {
  context.lose({ field: 'seal', how: 'dropped', why: 'The upstream does not say whose it is.' });
}

/** Puts the seals that lie on calls and text onto the other blocks of their message. */
export function withSeals(blocks: readonly Block[], { ofCalls, ofText }: SealedThinking): readonly Block[] {
  const lastText = ofText === undefined ? -1 : blocks.findLastIndex(({ type }) => type === 'text');
  return blocks.map((block, index) => {
    const seal = block.type === 'tool-call' ? ofCalls.get(block.id) : index === lastText ? ofText : undefined;
    return seal === undefined || block.seal !== undefined ? block : { ...block, seal };
  });
}

function addDetail(growing: GrowingBlock[], { text, place, seal, redacted }: ReadDetail): void {
  if (text === undefined && seal === undefined) return;
  const last = growing.at(-1);
  if (last !== undefined && belongsTo(last, place, seal, redacted)) {
    if (text !== undefined) last.text = (last.text ?? '') + text;
    last.seal = seal;
  } else growing.push({ text, place, redacted, seal });
}

/** A seal ends its thought. A resold one may be counted apart from the summary before it. */
function belongsTo(last: GrowingBlock, place: number | undefined, seal: Seal | undefined, redacted: boolean): boolean {
  if (last.redacted || redacted || last.seal !== undefined) return false;
  return last.place === place || (seal !== undefined && isResold(seal));
}

/** Finds each thought in the plain text: what lies between two is a thought without a detail, or the words of one that states none. */
function withPlainText(growing: readonly GrowingBlock[], plain: string): readonly GrowingBlock[] {
  const blocks: GrowingBlock[] = [];
  let rest = plain;
  let wordless: GrowingBlock | undefined;
  const give = (words: string): void => {
    if (wordless !== undefined) wordless.text = words;
    else if (words !== '') blocks.push({ text: words, place: undefined, redacted: false, seal: undefined });
    wordless = undefined;
  };
  for (const block of growing) {
    const at = block.text ? rest.indexOf(block.text) : -1;
    if (at >= 0) {
      give(rest.slice(0, at));
      rest = rest.slice(at + (block.text ?? '').length);
    }
    blocks.push(block);
    if (block.text === undefined && !block.redacted) wordless ??= block;
  }
  give(rest);
  return blocks;
}

function finished({ text, redacted, seal }: GrowingBlock): ThinkingBlock {
  return defined({
    type: 'thinking' as const,
    text: redacted ? '' : (text ?? ''),
    redacted: redacted ? (true as const) : undefined,
    seal,
  });
}
