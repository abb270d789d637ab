import type { Block, CanonicalRequest, Loss } from '@tollgate/plugin-kit';

/** What is lost with the seals of a history, whatever else a codec says of it. */
export const refusedSeal: Loss = { field: 'seal', how: 'dropped', why: 'The upstream refused a seal of the history.' };

/** The request as if nobody had sealed anything: each codec knows what its vendor takes then. */
export function withoutSeals(request: CanonicalRequest): CanonicalRequest {
  return { ...request, turns: request.turns.map((turn) => ({ ...turn, blocks: turn.blocks.map(unsealedBlock) })) };
}

function unsealedBlock(block: Block): Block {
  const { seal: _seal, ...bare } = block;
  return bare;
}
