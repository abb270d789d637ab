import type { Block, CanonicalResponse, CanonicalSink, Frame, JsonObject } from '@tollgate/plugin-kit';
import { type CheckedSink, checkedSink } from '@tollgate/plugin-kit/conformance';
import { ClaudeStreamDecoder } from '../claude-messages/stream-decoder.js';
import { ClaudeStreamEncoder } from '../claude-messages/stream-encoder.js';
import { testContext, type TestContext } from './test-context.js';

/** Feeds frames to a decoder and gives back the sink that watched it. */
export function decodeFrames(frames: readonly (string | object)[], end: 'done' | 'cut' = 'done'): CheckedSink {
  const sink = checkedSink();
  const decoder = new ClaudeStreamDecoder(sink, testContext());
  for (const frame of frames) decoder.frame(typeof frame === 'string' ? frame : JSON.stringify(frame));
  decoder.end(end);
  return sink;
}

/** Everything that an encoder writes for a client that asked for `model`, while `play` drives it. */
export function encodeFrames(
  play: (sink: CanonicalSink) => void,
  { model = 'claude-sonnet-4-5', context = testContext() }: { readonly model?: string; readonly context?: TestContext } = {},
): readonly Frame[] {
  const frames: Frame[] = [];
  const encoder = new ClaudeStreamEncoder(
    { frame: (data, event) => frames.push({ data, ...(event === undefined ? {} : { event }) }) },
    model,
    context,
  );
  play(encoder);
  return frames;
}

export function eventsOf(frames: readonly Frame[]): readonly JsonObject[] {
  return frames.map(({ data }) => JSON.parse(data) as JsonObject);
}

/** Plays a whole answer block after block, its texts in two halves. */
export function playResponse(sink: CanonicalSink, response: CanonicalResponse): void {
  sink.start(response.id, response.model);
  for (const [index, block] of response.blocks.entries()) {
    if (block.type === 'media' || block.type === 'opaque') sink.wholeBlock(index, block);
    else {
      openBlock(sink, index, block);
      fillBlock(sink, index, block);
      sink.closeBlock(index);
    }
  }
  endResponse(sink, response);
}

/** Plays an answer with all its blocks open at once, each getting its content in turn. */
export function playInterleaved(sink: CanonicalSink, response: CanonicalResponse): void {
  const streamed = response.blocks.filter((block) => block.type !== 'media' && block.type !== 'opaque');
  sink.start(response.id, response.model);
  for (const [index, block] of streamed.entries()) openBlock(sink, index, block);
  for (const [index, block] of [...streamed.entries()].reverse()) fillBlock(sink, index, block);
  for (const [index] of [...streamed.entries()].reverse()) sink.closeBlock(index);
  endResponse(sink, response);
}

function openBlock(sink: CanonicalSink, index: number, block: Block): void {
  if (block.type === 'tool-call') sink.openBlock(index, { type: 'tool-call', id: block.id, name: block.name });
  else if (block.type === 'thinking') sink.openBlock(index, { type: 'thinking', ...(block.redacted === true ? { redacted: true } : {}) });
  else sink.openBlock(index, { type: 'text' });
}

function fillBlock(sink: CanonicalSink, index: number, block: Block): void {
  const content = block.type === 'tool-call' ? block.arguments : block.type === 'text' || block.type === 'thinking' ? block.text : '';
  const half = content.length >> 1;
  for (const part of [content.slice(0, half), content.slice(half)]) {
    if (block.type === 'tool-call') sink.argumentsDelta(index, part);
    else sink.textDelta(index, part);
  }
  if (block.seal !== undefined) sink.seal(index, block.seal);
}

function endResponse(sink: CanonicalSink, response: CanonicalResponse): void {
  sink.usage(response.usage);
  sink.stop(response.stop, response.stopSequence);
}
