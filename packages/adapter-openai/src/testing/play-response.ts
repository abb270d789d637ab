import type { Block, CanonicalResponse, CanonicalSink } from '@tollgate/plugin-kit';

/** Plays a whole answer block after block, its contents in two halves. */
export function playResponse(sink: CanonicalSink, response: CanonicalResponse): void {
  sink.start(response.id, response.model);
  for (const [index, block] of response.blocks.entries()) {
    if (block.type === 'media' || block.type === 'opaque') sink.wholeBlock(index, block);
    else {
      openBlock(sink, index, block);
      for (const half of halvesOf(block)) sendDelta(sink, index, block, half);
      closeBlock(sink, index, block);
    }
  }
  endResponse(sink, response);
}

/** Plays an answer of texts, thinking and calls with all blocks open at once; `choices` decide which of them goes on next. */
export function playInterleaved(sink: CanonicalSink, response: CanonicalResponse, choices: Iterator<number>): void {
  sink.start(response.id, response.model);
  const waiting = response.blocks.map((block, index) => ({ block, index, pieces: [...piecesOf(block)] }));
  for (const { block, index } of waiting) openBlock(sink, index, block);
  while (waiting.length > 0) {
    const place = Number(choices.next().value) % waiting.length;
    const growing = waiting[place];
    if (growing === undefined) break;
    const { block, index, pieces } = growing;
    const piece = pieces.shift();
    if (piece !== undefined) sendDelta(sink, index, block, piece);
    else {
      closeBlock(sink, index, block);
      waiting.splice(place, 1);
    }
  }
  endResponse(sink, response);
}

function openBlock(sink: CanonicalSink, index: number, block: Block): void {
  if (block.type === 'tool-call') {
    const { id, name, freeform } = block;
    sink.openBlock(index, { type: 'tool-call', id, name, ...(freeform === true ? { freeform } : {}) });
  } else if (block.type === 'thinking') {
    sink.openBlock(index, { type: 'thinking', ...(block.redacted === true ? { redacted: true } : {}) });
  } else sink.openBlock(index, { type: 'text' });
}

function sendDelta(sink: CanonicalSink, index: number, block: Block, piece: string): void {
  if (block.type === 'tool-call') sink.argumentsDelta(index, piece);
  else sink.textDelta(index, piece);
}

function closeBlock(sink: CanonicalSink, index: number, block: Block): void {
  if (block.type === 'text') for (const citation of block.citations ?? []) sink.citation(index, citation);
  if (block.seal !== undefined) sink.seal(index, block.seal);
  sink.closeBlock(index);
}

function endResponse(sink: CanonicalSink, response: CanonicalResponse): void {
  sink.usage(response.usage);
  sink.stop(response.stop, response.stopSequence);
}

function contentOf(block: Block): string {
  if (block.type === 'tool-call') return block.arguments;
  return block.type === 'text' || block.type === 'thinking' ? block.text : '';
}

function halvesOf(block: Block): readonly string[] {
  const content = contentOf(block);
  const half = content.length >> 1;
  return [content.slice(0, half), content.slice(half)].filter((part) => part !== '');
}

function piecesOf(block: Block): readonly string[] {
  return contentOf(block).match(/.{1,3}/gsu) ?? [];
}
