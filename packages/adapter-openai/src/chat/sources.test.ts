import type { JsonObject } from '@tollgate/plugin-kit';
import { checkedSink } from '@tollgate/plugin-kit/conformance';
import { describe, expect, it } from 'vitest';
import { chunk, decodeChat } from '../testing/chat-streams.js';
import { recordedAnswers, recordedFrames } from '../testing/recorded.js';
import { testContext } from '../testing/test-context.js';
import { decodeResponse } from './decode-response.js';
import { ChatStreamDecoder } from './stream-decoder.js';

const one = 'https://example.org/1';
const two = 'https://example.org/2';
const annotation = { type: 'url_citation', url_citation: { url: two, title: 'Noted' } };

function citationsOf(listed: JsonObject, annotations?: readonly JsonObject[]): readonly unknown[] {
  const message = { content: 'See [1].', ...(annotations === undefined ? {} : { annotations }) };
  const whole = decodeResponse({ ...listed, choices: [{ index: 0, message, finish_reason: 'stop' }] }, testContext()).blocks;
  const deltas = [{ content: 'See' }, { content: ' [1].' }, ...(annotations === undefined ? [] : [{ annotations }])];
  const frames = deltas.map((delta) => chunk(delta, null, listed));
  expect(decodeChat([...frames, chunk({}, 'stop', listed), '[DONE]']).response().blocks).toEqual(whole);
  const [text] = whole;
  return text?.type === 'text' ? (text.citations ?? []) : [];
}

describe('sources beside the choices', () => {
  it.each<[string, JsonObject, readonly unknown[]]>([
    ['addresses', { citations: [one, two] }, [{ url: one }, { url: two }]],
    ['results', { search_results: [{ title: 'One', url: one, date: null }] }, [{ url: one, title: 'One' }]],
    [
      'both, in the order of the numbers in the text',
      { citations: [two, one], search_results: [{ title: 'One', url: one }, { url: two }] },
      [{ url: two }, { url: one, title: 'One' }],
    ],
    ['nothing of use', { citations: ['', 7, null].slice(1), search_results: [null, {}, 'odd'] }, []],
    ['nothing', { citations: null, search_results: {} }, []],
  ])('are cited once, whole and streamed: %s', (_name, listed, citations) => {
    expect(citationsOf(listed)).toEqual(citations);
  });

  it('are not cited again where the message cites them itself', () => {
    expect(citationsOf({ citations: [one, two] }, [annotation])).toEqual([{ url: two, title: 'Noted' }, { url: one }]);
  });

  it('are lost, and said, where their text has ended', () => {
    const context = testContext();
    const decoder = new ChatStreamDecoder(checkedSink(), context);
    const call = { tool_calls: [{ index: 0, id: 'a', function: { name: 'x', arguments: '{}' } }] };
    for (const delta of [{ content: 'a' }, call]) decoder.frame(JSON.stringify(chunk(delta, null, { citations: [one] })), undefined);
    decoder.frame(JSON.stringify(chunk({}, 'tool_calls')), undefined);
    decoder.end('done');
    expect(context.lostFields()).toEqual(['citations']);
  });

  const recorded = recordedAnswers('openai-chat').filter(({ file }) => file.endsWith('perplexity-citations.chunks.txt'));

  it.skipIf(recorded.length === 0)('are those that Perplexity was recorded to state', () => {
    const frames = recorded.flatMap(recordedFrames);
    const { citations: stated } = JSON.parse(frames.at(-1) ?? '{}') as { citations?: readonly string[] };
    expect(stated).toHaveLength(7);
    const [text] = decodeChat(frames).response().blocks;
    expect(text).toMatchObject({ type: 'text', citations: stated?.map((url) => ({ url })) });
  });
});
