/**
 * Streams of every dialect for the mock upstream, written by the dialects themselves: the same answer in each language, once as text alone,
 * once as thinking, text and two tool calls.
 */
import { claudeMessages } from '@tollgate/adapter-claude';
import { geminiDialect } from '@tollgate/adapter-gemini';
import { openaiChat, openaiResponses } from '@tollgate/adapter-openai';
import { FrameWriter } from '@tollgate/plugin-kit';
import { answerEvents, pairContents } from './scenarios.mjs';

const dialects = [openaiChat, openaiResponses, claudeMessages, geminiDialect];
const model = 'upstream-model';
const usage = { inputText: 480, outputText: 200, outputReasoning: 0 };

/** Pieces of an answer, as `[method, ...arguments]` of a canonical sink. */
function* textAlone(deltas) {
  yield ['openBlock', 0, { type: 'text' }];
  for (let index = 0; index < deltas; index += 1) yield ['textDelta', 0, ` word${index % 10}`];
  yield ['closeBlock', 0];
}

function* thinkingAndTools(deltas) {
  const part = deltas / 4;
  yield ['openBlock', 0, { type: 'thinking' }];
  for (let index = 0; index < part; index += 1) yield ['textDelta', 0, ` thought${index % 10}`];
  yield ['closeBlock', 0];
  yield ['openBlock', 1, { type: 'text' }];
  for (let index = 0; index < part; index += 1) yield ['textDelta', 1, ` word${index % 10}`];
  yield ['closeBlock', 1];
  for (const block of [2, 3]) {
    yield ['openBlock', block, { type: 'tool-call', id: `call_${block}`, name: 'read_file' }];
    yield ['argumentsDelta', block, '{"path":"'];
    for (let index = 2; index < part; index += 1) yield ['argumentsDelta', block, `folder${index % 10}/`];
    yield ['argumentsDelta', block, '"}'];
    yield ['closeBlock', block];
  }
}

const contents = { text: { pieces: textAlone, stop: 'end' }, tools: { pieces: thinkingAndTools, stop: 'tool' } };

/** Bytes of the answers by model name, each frame an HTTP chunk of its own. */
export function pairAnswers(head, httpChunk) {
  const named = dialects.flatMap((dialect) =>
    pairContents.map((content) => {
      const frames = framesOf(dialect, contents[content]);
      const end = Buffer.from('0\r\n\r\n');
      return [`${content}-${dialect.id}`, Buffer.concat([head, ...frames.map(httpChunk), end])];
    }),
  );
  return Object.fromEntries(named);
}

function framesOf(dialect, { pieces, stop }) {
  const frames = [];
  const writer = new FrameWriter('sse', (text) => frames.push(text));
  let ids = 0;
  const context = {
    lose: () => undefined,
    newId: (prefix) => `${prefix}${(ids += 1)}`,
    now: () => 1_790_000_000_000,
    model: { id: model },
  };
  const request = { model, stream: true, usageInStream: true, turns: [] };
  const encoder = dialect.client.streamEncoder(writer, request, context);
  encoder.start('answer-1', model);
  for (const [method, ...given] of pieces(answerEvents.pair)) encoder[method](...given);
  encoder.usage(usage);
  encoder.stop(stop);
  return frames;
}
