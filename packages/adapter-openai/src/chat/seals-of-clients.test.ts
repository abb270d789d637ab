import type { Block, JsonObject, Turn } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, canonicalResponse, text, turn } from '../testing/canonical.js';
import { chunksOf, decodeChat, encodeChat } from '../testing/chat-streams.js';
import { joinedMessage } from '../testing/joined-message.js';
import { playResponse } from '../testing/play-response.js';
import { recordedAnswers, recordedFrames } from '../testing/recorded.js';
import { testContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';
import { encodeRequest } from './encode-request.js';
import { decodeResponse } from './decode-response.js';
import { encodeResponse } from './encode-response.js';
import { inspect } from './inspect.js';

const claude = 'anthropic-claude-v1';

const call = (id: string, fields: JsonObject = {}): JsonObject => ({
  id,
  type: 'function',
  function: { name: 'weather', arguments: '{}' },
  ...fields,
});
const callBlock = (id: string): Block => ({ type: 'tool-call', id, name: 'weather', arguments: '{}' });

/** What the gateway understands of messages that a client sends. */
function received(...messages: JsonObject[]): readonly Turn[] {
  const body = { model: 'm', messages };
  return decodeRequest(body, inspect(body), testContext()).turns;
}

describe('seals that a client sends back', () => {
  const seal = { vendor: 'anthropic', value: 'c' };

  it('are understood as the vendor wrote them, in one piece or in as many as they were streamed in', () => {
    const detail = (fields: JsonObject): JsonObject => ({ type: 'reasoning.text', format: claude, index: 0, ...fields });
    const blocks = [{ type: 'thinking', text: 'Hm.', seal }, text('a')];
    const said = { role: 'assistant', content: 'a' };
    expect(received({ ...said, reasoning: 'Hm.', reasoning_details: [detail({ text: 'Hm.', signature: 'c' })] })).toEqual([
      turn('assistant', ...(blocks as Block[])),
    ]);
    const pieces = [detail({ text: '', signature: '' }), detail({ text: 'Hm' }), detail({ text: '.' }), detail({ signature: 'c' })];
    expect(received({ ...said, reasoning_details: pieces })).toEqual([turn('assistant', ...(blocks as Block[]))]);
  });

  it('keep the words of thoughts without a seal, wherever they stand', () => {
    const sealed = (words: string | undefined, value: string): JsonObject => ({
      type: 'reasoning.text',
      ...(words === undefined ? {} : { text: words }),
      signature: `tg1.anthropic..${value}`,
    });
    const thoughts = (plain: string, ...details: JsonObject[]): unknown =>
      received({ role: 'assistant', content: null, reasoning_content: plain, reasoning_details: details })[0]?.blocks.map((block) =>
        block.type === 'thinking' ? [block.text, block.seal?.value] : block,
      );
    expect(thoughts('XAY', sealed('A', 'a'))).toEqual([
      ['X', undefined],
      ['A', 'a'],
      ['Y', undefined],
    ]);
    expect(thoughts('AB', sealed('A', 'a'), sealed('B', 'b'))).toEqual([
      ['A', 'a'],
      ['B', 'b'],
    ]);
    expect(thoughts('AB', sealed(undefined, 'a'), sealed('B', 'b'))).toEqual([
      ['A', 'a'],
      ['B', 'b'],
    ]);
    expect(thoughts('Hm', sealed(undefined, 'a'))).toEqual([['Hm', 'a']]);
    expect(thoughts('', sealed('A', 'a'))).toEqual([['A', 'a']]);
    expect(thoughts('X', sealed('', 'a'))).toEqual([
      ['', 'a'],
      ['X', undefined],
    ]);
  });

  const someSeal = fc.constantFrom('anthropic', 'google', 'acme').map((vendor) => ({ vendor, value: 'v+/=.' }));
  const someThought = fc
    .record({ words: fc.stringMatching(/^[a-m]{1,5}$/), seal: fc.option(someSeal), redacted: fc.boolean() })
    .map(({ words, seal: given, redacted }): Block => {
      if (given === null) return { type: 'thinking', text: words.toUpperCase() };
      return redacted ? { type: 'thinking', text: '', redacted: true, seal: given } : { type: 'thinking', text: words, seal: given };
    });

  /** Everything sealed and said, in its order, and apart from it the words of thoughts without a seal: plain text does not tell their place. */
  function heard(blocks: readonly Block[]): { readonly sealed: readonly Block[]; readonly plain: string } {
    const plain = (block: Block): boolean => block.type === 'thinking' && block.seal === undefined;
    const words = blocks.map((block) => (block.type === 'thinking' && plain(block) ? block.text : ''));
    return { sealed: blocks.filter((block) => !plain(block)), plain: words.join('') };
  }

  it('come out of every client as they went in, whole or streamed, merged or only collected', () => {
    fc.assert(
      fc.property(fc.array(someThought, { maxLength: 4 }), fc.option(someSeal), fc.option(someSeal), (thoughts, ofText, ofCall) => {
        const blocks: Block[] = [
          ...thoughts,
          { type: 'text', text: 'said', ...(ofText === null ? {} : { seal: ofText }) },
          { ...callBlock('a'), ...(ofCall === null ? {} : { seal: ofCall }) },
        ];
        const response = canonicalResponse({ blocks, stop: 'tool' });
        const message = encodeResponse(response, canonicalRequest(), testContext()).choices[0].message;
        const chunks = chunksOf(encodeChat((sink) => playResponse(sink, response)));
        for (const seen of [message as object as JsonObject, joinedMessage(chunks, true), joinedMessage(chunks, false)]) {
          expect(heard(received(seen)[0]?.blocks ?? [])).toEqual(heard(blocks));
        }
      }),
    );
  });

  it('of thoughts that follow each other are kept together by the official SDK, which keeps one list', async () => {
    const sealed = (words: string): Block => ({ type: 'thinking', text: words, seal: { vendor: 'anthropic', value: `of ${words}` } });
    const blocks: Block[] = [
      sealed('first'),
      sealed('second'),
      text('said'),
      { ...callBlock('a'), seal: { vendor: 'google', value: 'g' } },
    ];
    const response = canonicalResponse({ blocks, stop: 'tool' });
    const lines = chunksOf(encodeChat((sink) => playResponse(sink, response))).map((line) => `${JSON.stringify(line)}\n`);
    const stream = ChatCompletionStream.fromReadableStream(new Blob(lines).stream());
    const message = JSON.parse(JSON.stringify(await stream.finalMessage())) as JsonObject;
    expect(received(message)[0]?.blocks.filter(({ seal: kept }) => kept !== undefined)).toEqual(blocks.filter((block) => block.seal));
  });

  it('come out of a gateway behind another one as they went in', () => {
    fc.assert(
      fc.property(fc.array(someThought, { maxLength: 4 }), fc.option(someSeal), fc.option(someSeal), (thoughts, ofText, ofCall) => {
        const blocks: Block[] = [
          ...thoughts,
          { type: 'text', text: 'said', ...(ofText === null ? {} : { seal: ofText }) },
          { ...callBlock('a'), ...(ofCall === null ? {} : { seal: ofCall }) },
        ];
        const response = canonicalResponse({ blocks, stop: 'tool' });
        const frames = encodeChat((sink) => playResponse(sink, response)).map(({ data }) => data);
        const body: unknown = JSON.parse(JSON.stringify(encodeResponse(response, canonicalRequest(), testContext())));
        // Thoughts that follow each other are one in plain text, so words of unsealed ones may come twice: sealed ones never.
        expect(heard(decodeChat(frames).response().blocks).sealed).toEqual(heard(blocks).sealed);
        expect(heard(decodeResponse(body, testContext()).blocks)).toEqual(heard(blocks));
      }),
    );
  });
});

const recorded = recordedAnswers('openai-chat').filter(({ file }) => file.endsWith('wire-openrouter-reasoning.sse'));

describe.skipIf(recorded.length === 0)('a recorded seal', () => {
  const frames = recorded.flatMap(recordedFrames);
  /** The thinking that the reseller streamed, joined field by field. */
  const given = joinedMessage(
    frames.filter((frame) => frame !== '[DONE]').map((frame) => JSON.parse(frame) as JsonObject),
    true,
  );
  const askedAgain = (message: JsonObject, model: string): JsonObject[] => {
    const result = { role: 'tool', tool_call_id: 'a', content: '4' };
    const body = { model, messages: [{ role: 'user', content: 'What is 2+2?' }, message, result] };
    return encodeRequest(decodeRequest(body, inspect(body), testContext()), testContext())['messages'] as JsonObject[];
  };

  it.each([true, false])('goes through two turns of tools and back to its reseller, byte for byte (merged by the client: %s)', (merges) => {
    let message: JsonObject = {};
    for (let round = 0; round < 3; round += 1) {
      const answer = decodeChat(frames).response();
      const withCall = { ...answer, blocks: [...answer.blocks, callBlock('a')] };
      message = joinedMessage(chunksOf(encodeChat((sink) => playResponse(sink, withCall))), merges);
      expect(JSON.stringify(message)).toContain('tg1.anthropic..');
      const sent = askedAgain(message, 'anthropic/claude-sonnet-4.5')[1];
      expect(sent?.['reasoning_details']).toEqual(given['reasoning_details']);
      expect(sent?.['reasoning_content']).toBeUndefined();
      expect(sent?.['content']).toBe(given['content']);
    }
    expect(JSON.stringify(askedAgain(message, 'deepseek-chat'))).not.toMatch(/signature|tg1|Et0B/);
  });

  it('is understood from a client that talked to the reseller itself', () => {
    const [, sent] = askedAgain({ ...given, tool_calls: [call('a')] }, 'anthropic/claude-sonnet-4.5');
    expect(sent?.['reasoning_details']).toEqual(given['reasoning_details']);
  });
});
