import { BadRequestError, type CanonicalRequest, type CanonicalResponse, type JsonObject } from '@tollgate/plugin-kit';
import { checkedSink } from '@tollgate/plugin-kit/conformance';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstDifference, meaningOf } from '../documents/conformance/equivalents.js';
import { dialects, type ServedDialect } from '../relay/dialects.js';
import { fuzzOptions } from './fuzz-options.js';
import { playRandomly, someCourse } from './play-randomly.js';
import { plainAnswers } from './some-answers.js';
import { anyRequests, plainRequests } from './some-requests.js';
import { frameCollector, type FuzzContext, fuzzContext, fuzzModel, read, streamedRequest, wireJson } from './translation.js';

const pairs = dialects.flatMap((one) => dialects.map((other) => ({ one, other, pair: `${one.id} by way of ${other.id}` })));

function write(dialect: ServedDialect, request: CanonicalRequest, context: FuzzContext = fuzzContext()): JsonObject {
  return wireJson(dialect.upstream.encodeRequest(request, context));
}

/** The request as it is after a journey to the other dialect and back. @throws BadRequestError */
function back(body: JsonObject, stream: boolean, one: ServedDialect, other: ServedDialect, context: FuzzContext): JsonObject {
  const there = write(other, { ...read(one, body, context), model: fuzzModel, stream }, context);
  return write(one, { ...read(other, there, context), model: fuzzModel, stream }, context);
}

/** A request without what is written in several ways and means the same: neighbours of one role are one turn. */
function conversation(request: CanonicalRequest): unknown {
  const turns: { role: string; blocks: unknown[] }[] = [];
  const { turns: told, ...rest } = meaningOf(request) as { turns: { role: string; blocks: unknown[] }[] };
  for (const { role, blocks } of told) {
    const last = turns.at(-1);
    if (last?.role === role) last.blocks.push(...blocks);
    else if (blocks.length > 0) turns.push({ role, blocks: [...blocks] });
  }
  return { ...rest, turns };
}

describe.each(pairs)('$pair', ({ one, other }) => {
  it('a conversation comes back as it was sent', () => {
    fc.assert(
      fc.property(plainRequests, (request) => {
        const losses = fuzzContext();
        const sent = read(one, write(one, request, losses), losses);
        const returned = read(one, back(write(one, request), request.stream, one, other, losses), fuzzContext());
        expect(losses.losses).toEqual([]);
        expect(
          firstDifference(conversation({ ...returned, model: fuzzModel }), conversation({ ...sent, model: fuzzModel })),
        ).toBeUndefined();
      }),
      fuzzOptions(60),
    );
  });

  it('what is lost is lost once: a second journey changes nothing', () => {
    fc.assert(
      fc.property(anyRequests, (request) => {
        try {
          const once = back(write(one, request), request.stream, one, other, fuzzContext());
          expect(back(once, request.stream, one, other, fuzzContext())).toEqual(once);
        } catch (error) {
          if (!BadRequestError.isInstance(error)) throw error;
        }
      }),
      fuzzOptions(60),
    );
  });

  it('an answer comes back as it was given, whole and streamed', () => {
    fc.assert(
      fc.property(plainAnswers(one.vendor), someCourse, (response, { choices }) => {
        const heard = heardWhole(one, heardWhole(other, heardWhole(one, response)));
        expect(spoken(heard)).toEqual(spoken(response));
        const streamed = heardStreamed(one, heardStreamed(other, heardStreamed(one, response, choices), choices), choices);
        expect(spokenInAnyOrder(streamed)).toEqual(spokenInAnyOrder(response));
      }),
      fuzzOptions(60),
    );
  });
});

function heardWhole(dialect: ServedDialect, response: CanonicalResponse): CanonicalResponse {
  const told = wireJson(dialect.client.encodeResponse(response, { ...streamedRequest, stream: false }, fuzzContext()));
  return dialect.upstream.decodeResponse(told, fuzzContext());
}

function heardStreamed(dialect: ServedDialect, response: CanonicalResponse, choices: readonly number[]): CanonicalResponse {
  const out = frameCollector();
  playRandomly(dialect.client.streamEncoder(out, streamedRequest, fuzzContext()), response, {
    choices,
    failsAfter: undefined,
    thinksFirst: true,
  });
  const sink = checkedSink();
  const decoder = dialect.upstream.streamDecoder(sink, fuzzContext());
  for (const { data, event } of out.frames) decoder.frame(data, event);
  decoder.end('done');
  return sink.response();
}

/** What was said, thought and called, and what it cost; where a dialect has one place for all text, its blocks are one. */
function spoken({ blocks, stop, usage }: CanonicalResponse): unknown {
  const text = (type: 'text' | 'thinking'): string => blocks.map((block) => (block.type === type ? block.text : '')).join('');
  const calls = blocks.flatMap((block) =>
    block.type === 'tool-call' ? [{ id: block.id, name: block.name, arguments: JSON.parse(block.arguments) as unknown }] : [],
  );
  return { text: text('text'), thinking: text('thinking'), calls, stop, usage };
}

/** Blocks that grow at the same time may come one after the other, in another order. */
function spokenInAnyOrder(response: CanonicalResponse): unknown {
  const { text, thinking, calls, ...rest } = spoken(response) as { text: string; thinking: string; calls: { id: string }[] };
  const sorted = (characters: string): string => [...characters].sort().join('');
  return { ...rest, text: sorted(text), thinking: sorted(thinking), calls: calls.toSorted((left, right) => (left.id < right.id ? -1 : 1)) };
}
