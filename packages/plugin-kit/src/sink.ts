import type { Block, Citation, Seal, StopReason } from './canonical.js';
import type { Usage } from './usage.js';
import type { Verdict } from './verdict.js';

/** What a block is when it opens; text, arguments and seals follow by their own calls. */
export type BlockHead =
  | { readonly type: 'text' }
  | { readonly type: 'thinking'; readonly redacted?: true }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly freeform?: true };

/**
 * A streamed answer, one method call per event: an upstream's decoder drives a client's encoder directly, no event objects in between.
 *
 * Order that a decoder keeps: `start` first and once; block indexes count from 0 in the order of `openBlock` / `wholeBlock`; deltas only
 * between a block's `openBlock` and its `closeBlock`; several blocks may be open at once (parallel tool calls); all are closed before
 * `stop`; `usage` any number of times after `start`; last `stop` (a natural end) or `fail` (a broken one), exactly one of them and once.
 * `fail` may come at any time, even without a `start` and with blocks still open.
 */
export interface CanonicalSink {
  start(id: string, model: string): void;
  openBlock(index: number, head: BlockHead): void;
  /** More text of a text or thinking block. */
  textDelta(index: number, text: string): void;
  /** More of a tool call's arguments: a fragment of JSON text, or plain text for a freeform tool. */
  argumentsDelta(index: number, fragment: string): void;
  seal(index: number, seal: Seal): void;
  citation(index: number, citation: Citation): void;
  /** A block that arrives complete: media, opaque. */
  wholeBlock(index: number, block: Block): void;
  closeBlock(index: number): void;
  /** Per bucket the last value wins: vendors send running totals, and later ones correct earlier ones. */
  usage(patch: Partial<Usage>): void;
  stop(reason: StopReason, stopSequence?: string): void;
  fail(verdict: Verdict): void;
}
