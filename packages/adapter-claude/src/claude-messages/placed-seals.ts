import { type Block, type Seal, type SealedPlace, unwrapPlacedSeal, wrapPlacedSeal } from '@tollgate/plugin-kit';
import type { WireBlock } from './wire.js';

/**
 * The vendor seals thinking only. Seals that others put on texts and tool calls ride in a redacted thinking block of their own: clients
 * send those back unread.
 */
export function sealCarrier(seal: Seal, place: SealedPlace): WireBlock {
  return { type: 'redacted_thinking', data: wrapPlacedSeal(seal, place) };
}

/** Puts the seals of carriers among the blocks of a message back on the blocks that they belong to. A seal without its block is gone. */
export function withPlacedSeals(blocks: readonly Block[]): Block[] {
  const kept: Block[] = [];
  const ofCalls = new Map<string, Seal>();
  for (const block of blocks) {
    const placed = block.type === 'thinking' && block.redacted === true ? unwrapPlacedSeal(block.seal?.value ?? '') : undefined;
    if (placed === undefined) kept.push(block);
    else if (placed.place !== 'text') ofCalls.set(placed.place.callId, placed.seal);
    else sealLastText(kept, placed.seal);
  }
  if (ofCalls.size === 0) return kept;
  return kept.map((block) => {
    const seal = block.type === 'tool-call' ? ofCalls.get(block.id) : undefined;
    return seal === undefined ? block : { ...block, seal };
  });
}

function sealLastText(blocks: Block[], seal: Seal): void {
  const last = blocks.at(-1);
  if (last?.type === 'text') blocks[blocks.length - 1] = { ...last, seal };
}
