import type { Block, CanonicalResponse } from '../../canonical.js';
import type { CanonicalSink } from '../../sink.js';

/** Plays a whole answer into an encoder as a decoder would: block after block, contents in pieces. */
export function playResponse(sink: CanonicalSink, response: CanonicalResponse): void {
  sink.start(response.id, response.model);
  for (const [index, block] of response.blocks.entries()) {
    openBlock(sink, index, block);
    for (const piece of piecesOf(block)) playPiece(sink, index, block, piece);
    closeBlock(sink, index, block);
  }
  endResponse(sink, response);
}

/** Plays an answer with all its blocks open at once, a piece of each in turn: upstreams may do so. */
export function playInterleaved(sink: CanonicalSink, response: CanonicalResponse): void {
  sink.start(response.id, response.model);
  const open = response.blocks.map((block, index) => ({ block, index, pieces: piecesOf(block) }));
  for (const { block, index } of open) openBlock(sink, index, block);
  const rounds = Math.max(0, ...open.map(({ pieces }) => pieces.length));
  for (let round = 0; round < rounds; round += 1) {
    for (const { block, index, pieces } of open) {
      const piece = pieces[round];
      if (piece !== undefined) playPiece(sink, index, block, piece);
    }
  }
  for (const { block, index } of open) closeBlock(sink, index, block);
  endResponse(sink, response);
}

function isWhole(block: Block): boolean {
  return block.type === 'media' || block.type === 'opaque' || block.type === 'tool-result';
}

function openBlock(sink: CanonicalSink, index: number, block: Block): void {
  if (isWhole(block)) sink.wholeBlock(index, block);
  else if (block.type === 'tool-call') {
    const { id, name, freeform } = block;
    sink.openBlock(index, { type: 'tool-call', id, name, ...(freeform === undefined ? {} : { freeform }) });
  } else if (block.type === 'thinking') {
    sink.openBlock(index, { type: 'thinking', ...(block.redacted === undefined ? {} : { redacted: true }) });
  } else sink.openBlock(index, { type: 'text' });
}

function playPiece(sink: CanonicalSink, index: number, block: Block, piece: string): void {
  if (block.type === 'tool-call') sink.argumentsDelta(index, piece);
  else sink.textDelta(index, piece);
}

function closeBlock(sink: CanonicalSink, index: number, block: Block): void {
  if (isWhole(block)) return;
  if (block.type === 'text') for (const citation of block.citations ?? []) sink.citation(index, citation);
  if (block.seal !== undefined) sink.seal(index, block.seal);
  sink.closeBlock(index);
}

function endResponse(sink: CanonicalSink, response: CanonicalResponse): void {
  sink.usage(response.usage);
  sink.stop(response.stop, response.stopSequence);
}

/** Pieces of a few characters, never a character cut in two. */
function piecesOf(block: Block): readonly string[] {
  const content = block.type === 'tool-call' ? block.arguments : block.type === 'text' || block.type === 'thinking' ? block.text : '';
  return content.match(/[^]{1,4}/gu) ?? [];
}
