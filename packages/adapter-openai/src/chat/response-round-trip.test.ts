import type { CanonicalRequest, CanonicalResponse, CanonicalSink, JsonObject } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consistentResponse, requestFor } from '../testing/declared-tools.js';
import { chunksOf, decodeChat, encodeChat } from '../testing/chat-streams.js';
import { playInterleaved, playResponse } from '../testing/play-response.js';
import { testContext } from '../testing/test-context.js';
import { decodeResponse } from './decode-response.js';
import { encodeResponse } from './encode-response.js';

function throughAStream(request: CanonicalRequest, play: (sink: CanonicalSink) => void): CanonicalResponse {
  return decodeChat(encodeChat(play, request).map(({ data }) => data)).response();
}

/** What a client has that joins the deltas of a stream by hand. */
function joined(chunks: readonly JsonObject[]): JsonObject {
  const message: Record<string, string> = {};
  const calls: Record<string, string>[] = [];
  let finish: unknown;
  for (const { choices } of chunks) {
    for (const choice of choices as { delta: JsonObject; finish_reason: unknown }[]) {
      finish = choice.finish_reason ?? finish;
      for (const field of ['content', 'reasoning_content'])
        message[field] = (message[field] ?? '') + ((choice.delta[field] as string | undefined) ?? '');
      for (const { index, id, type, ...body } of (choice.delta['tool_calls'] ?? []) as { index: number; id?: string; type?: string }[]) {
        const call = (calls[index] ??= { id: '', type: '', name: '', content: '' });
        const { name, arguments: given, input } = Object.values<Record<string, string>>(body)[0] ?? {};
        call['id'] += id ?? '';
        call['type'] += type ?? '';
        call['name'] += name ?? '';
        call['content'] += given ?? input ?? '';
      }
    }
  }
  return { message, calls, finish };
}

/** The same of a whole answer. */
function summed(answer: ReturnType<typeof encodeResponse>): JsonObject {
  const [{ message, finish_reason: finish }] = answer.choices;
  return {
    message: { content: message.content ?? '', reasoning_content: message.reasoning_content ?? '' },
    calls: (message.tool_calls ?? []).map((call) => ({
      id: call.id,
      type: call.type,
      ...(call.type === 'custom'
        ? { name: call.custom.name, content: call.custom.input }
        : { name: call.function.name, content: call.function.arguments }),
    })),
    finish,
  };
}

describe('response round trip', () => {
  it('keeps a whole answer', () => {
    fc.assert(
      fc.property(consistentResponse, (response) => {
        const context = testContext();
        const body: unknown = JSON.parse(JSON.stringify(encodeResponse(response, requestFor(response), context)));
        expect(decodeResponse(body, testContext())).toEqual(response);
        expect(context.losses).toEqual([]);
      }),
    );
  });

  it('keeps a streamed answer, with its sources where the text is the last that it says', () => {
    fc.assert(
      fc.property(consistentResponse, (response) => {
        const blocks = response.blocks.map((block, index) =>
          block.type === 'text' && index < response.blocks.length - 1 ? { type: block.type, text: block.text } : block,
        );
        expect(throughAStream(requestFor(response), (sink) => playResponse(sink, response))).toEqual({ ...response, blocks });
      }),
    );
  });

  it('keeps an answer whose blocks were all open at once', () => {
    fc.assert(
      fc.property(consistentResponse, fc.infiniteStream(fc.nat({ max: 1_000 })), (response, choices) => {
        const calls = response.blocks.filter((block) => block.type === 'tool-call');
        const result = throughAStream(requestFor(response), (sink) => playInterleaved(sink, { ...response, blocks: calls }, choices));
        expect(new Set(result.blocks)).toEqual(new Set(calls));
        expect(result.usage).toEqual(response.usage);
      }),
    );
  });

  it('streams to a client what it would have got whole', () => {
    fc.assert(
      fc.property(consistentResponse, (response) => {
        const frames = encodeChat((sink) => playResponse(sink, response), requestFor(response));
        const whole = encodeResponse(response, requestFor(response), testContext());
        expect(joined(chunksOf(frames))).toEqual(summed(whole));
        expect(chunksOf(frames).at(-1)?.['usage']).toEqual(whole.usage);
      }),
    );
  });
});
