import { claudeMessages } from '@tollgate/adapter-claude';
import { openaiChat } from '@tollgate/adapter-openai';
import type { CanonicalRequest, ClientSide, Dialect, EndReader, JsonObject, Loss, UpstreamSide } from '@tollgate/plugin-kit';
import { dialectSuite, type Recording } from '@tollgate/plugin-kit/conformance';
import { describe, expect, it } from 'vitest';
import { writtenFixtures } from '../replay/fixtures.js';
import { findCheck, problemOf } from './find-check.js';

function recording(name: string, more: Partial<Recording> = {}): Recording {
  const [dialect = '', file = ''] = name.split('/');
  const fixture = writtenFixtures.find((known) => known.file === name);
  if (fixture === undefined) throw new Error(`There is no fixture ${name}.`);
  return { name: file.replace(/\.\w+$/, ''), dialect, kind: file.endsWith('.json') ? 'answer' : 'stream', bytes: fixture.content, ...more };
}

const answer = recording('openai-chat/text.json', { name: 'whole' });
const stream = recording('openai-chat/text.sse', { name: 'streamed' });

function upstream(change: Partial<UpstreamSide>, base: Dialect = openaiChat): Dialect {
  return { ...base, upstream: { ...base.upstream, ...change } };
}

function client(change: Partial<ClientSide>): Dialect {
  return { ...openaiChat, client: { ...(openaiChat.client as ClientSide), ...change } };
}

/** Encodes as the real dialect does, but from another request, and without a word about it. */
function encoding(change: (request: CanonicalRequest) => CanonicalRequest, base: Dialect = openaiChat): Dialect {
  return upstream({ encodeRequest: (request, context) => base.upstream.encodeRequest(change(request), context) }, base);
}

/** Encodes as the real dialect does, then spoils the body. */
function spoiling(spoil: (body: JsonObject, request: CanonicalRequest) => void, base: Dialect = openaiChat): Dialect {
  return upstream(
    {
      encodeRequest(request, context) {
        const body = base.upstream.encodeRequest(request, context);
        spoil(body, request);
        return body;
      },
    },
    base,
  );
}

function decoding(spoil: Partial<ReturnType<UpstreamSide['streamDecoder']>>): Dialect {
  return upstream({
    streamDecoder(...streamArguments) {
      const real = openaiChat.upstream.streamDecoder(...streamArguments);
      return { frame: (data, event) => real.frame(data, event), end: (cause) => real.end(cause), ...spoil };
    },
  });
}

const { usage, upstream: real } = openaiChat;
const realClient = openaiChat.client as ClientSide;
let calls = 0;

type BrokenDialect = readonly [flaw: string, dialect: Dialect, check: string, problem: RegExp, recordings?: readonly Recording[]];

const broken: readonly BrokenDialect[] = [
  ['an id with blanks', { ...openaiChat, id: 'open ai' }, 'is declared in full', /lower-case/],
  ['no needles', { ...openaiChat, usage: { ...usage, needles: [] } }, 'by texts that state it', /nothing is billed/],
  ['a look at the clock', spoiling((body) => void (body['created'] = Date.now())), 'encodes any request', /reaches for Date\.now/],
  ['the help of chance', spoiling((body) => void (body['id'] = Math.random())), 'encodes any request', /Math\.random/],
  ['a swallowed call', spoiling(() => void fetch('http://127.0.0.1:9').catch(() => undefined)), 'encodes any request', /reaches for fetch/],
  ['a timer', spoiling(() => void setTimeout(() => undefined, 1)), 'encodes any request', /setTimeout/],
  ['a memory', spoiling((body) => void (body['user'] = `${(calls += 1)}`)), 'encodes any request', /another body/],
  [
    'hands in the request',
    spoiling((_body, request) => void Object.assign(request, { model: 'mine' })),
    'encodes any request',
    /read only/,
  ],
  ['a number that JSON has not', spoiling((body) => void (body['top_p'] = Number.NaN)), 'encodes any request', /NaN/],
  [
    'a lost seed',
    encoding(({ sampling: { seed: _seed, ...sampling } = {}, ...rest }) => ({ ...rest, sampling })),
    'carries seed',
    /no loss was said/,
  ],
  [
    'lost descriptions',
    encoding(({ tools = [], ...rest }) => ({ ...rest, tools: tools.map(({ description: _lost, ...tool }) => tool) })),
    'carries the description of a tool',
    /no loss was said/,
  ],
  [
    'another text',
    encoding(({ turns: [first], ...rest }) => ({ ...rest, turns: first === undefined ? [] : [first] })),
    'carries an earlier exchange',
    /mark-answer/,
  ],
  ['losses without a reason', lossy({ field: 'x', how: 'dropped', why: '' }), 'says losses in words', /sentence/],
  [
    'foreign seals in the open',
    spoiling((body, request) => void (body['metadata'] = structuredClone(request.turns))),
    "of another vendor's text",
    /is in the body/,
  ],
  [
    'seals written anew',
    spoiling((body) => void (body['messages'] = withLowerSignatures(body['messages'])), claudeMessages),
    'seal of its own thinking',
    /as it was/,
  ],
  [
    'trust in bodies',
    upstream({
      decodeResponse: (body, context) => real.decodeResponse({ ...(body as object), id: (body as { id: string }).id.trim() }, context),
    }),
    'takes any body',
    /Cannot read|trim/,
  ],
  [
    'counts below zero',
    { ...openaiChat, usage: { ...usage, read: (_json, into) => void (into.inputText = -1) } },
    'reads only whole counts',
    /-1/,
  ],
  [
    'names that are no texts',
    {
      ...openaiChat,
      kept: { needles: ['"id"'], read: (json) => [{ kind: 'moon.answer', id: (json as { id?: string } | null)?.id as string }] },
    },
    'names only texts as what an answer leaves behind',
    /It names/,
  ],
  [
    'a path that says not what it reaches',
    client({ resources: [{ does: 'reach', kind: 'moon.answer', method: 'GET', path: '/v1/answers' }] }),
    'declares where its resources are',
    /neither \{id\} in its path/,
  ],
  [
    'a frame edit that trusts',
    { ...openaiChat, edits: { frame: (frame) => void (frame['choices'] as object[]).length } },
    'edits any frame',
    /length/,
  ],
  ['no end', decoding({ end: () => undefined }), 'that never began', /not ended/],
  ['no end where it breaks off', decoding({ end: () => undefined }), 'breaks off', /not ended/, [stream]],
  ['a frame that throws', decoding({ frame: () => void Object.assign(Object.freeze({}), { a: 1 }) }), 'whatever a frame is', /extensible/],
  [
    'readers that share a memory',
    upstream({
      streamDecoder: (out, context, edit) =>
        real.streamDecoder(
          out,
          { ...context, newId: () => `${(calls += 1)}` },
          (frame) => void (edit?.(frame), (frame['id'] = `${(calls += 1)}`)),
        ),
    }),
    'does not notice where the network cut',
    /another answer/,
    [stream],
  ],
  [
    'needles that never match',
    { ...openaiChat, usage: { ...usage, needles: ['"usages":{'] } },
    'bills "streamed" alike',
    /disagree/,
    [stream],
  ],
  [
    'an end that is not found',
    { ...openaiChat, end: { ...(openaiChat.end as EndReader), wholeNeedles: ['"finished":"'] } },
    'sees that "streamed" is whole',
    /was broken off/,
    [stream],
  ],
  ['usage that is added up', { ...openaiChat, ...doubled() }, 'all that "whole" states', /add up/, [answer]],
  ['a pair that is none', openaiChat, 'reads "streamed" alike', /not the same answer/, [{ ...answer, name: 'streamed' }, stream]],
  [
    'something else than expected',
    openaiChat,
    'what is expected',
    /"usage\.inputText"/,
    [{ ...answer, expected: { usage: { inputText: 1 } } }],
  ],
  [
    'an ear for less',
    client({ decodeRequest: (body, facts, context) => ({ ...realClient.decodeRequest(body, facts, context), sampling: {} }) }),
    'reads topP from a client',
    /something else/,
  ],
  [
    'another limit',
    client({ inspect: (body, target) => ({ ...realClient.inspect(body, target), outputTokensMax: 1 }) }),
    'finds model and stream',
    /4000/,
  ],
  [
    'trust in clients',
    client({ inspect: (body, target) => ({ ...realClient.inspect(body, target), choices: (body['messages'] as object[]).length }) }),
    'reads any JSON',
    /Cannot read|length/,
  ],
  [
    'silence about calls',
    client({ encodeResponse: (response, request, context) => realClient.encodeResponse({ ...response, blocks: [] }, request, context) }),
    'tells a client a tool call, and',
    /Berne/,
  ],
  [
    'other usage for clients',
    client({
      encodeResponse: (response, ...rest) =>
        realClient.encodeResponse({ ...response, usage: { ...response.usage, inputText: 1 } }, ...rest),
    }),
    'tells a client a text, and',
    /other usage/,
  ],
  [
    'a stream without its text',
    client({ streamEncoder: (...rest) => Object.assign(realClient.streamEncoder(...rest), { textDelta: () => undefined }) }),
    'streams a client a text as',
    /another answer/,
  ],
  [
    'one call at a time',
    client({ streamEncoder: (...rest) => Object.assign(realClient.streamEncoder(...rest), { argumentsDelta: () => undefined }) }),
    'grow at the same time',
    /not heard/,
  ],
  [
    'foreign seals for clients',
    client({
      encodeResponse: (response, ...rest) => ({
        ...(realClient.encodeResponse(response, ...rest) as object),
        seals: response.blocks.map(({ seal }) => seal),
      }),
    }),
    'hides the seals',
    /as if it were its own/,
  ],
  [
    'errors that say nothing',
    client({ encodeError: ({ status }) => ({ status, body: { error: { message: 'No.' } } }) }),
    'tells every kind of failure',
    /does not reach/,
  ],
  [
    'errors that look like answers',
    client({ encodeError: ({ status, message }) => ({ status, body: { choices: [{ message: { content: message } }] } }) }),
    'tells every kind of failure',
    /taken for an answer/,
  ],
  ['streams that break in silence', client({ encodeStreamError: () => [{ data: '[DONE]' }] }), 'in the middle of a stream', /not hear/],
];

function withLowerSignatures(messages: unknown): unknown {
  return JSON.parse(JSON.stringify(messages).replace(/"signature":"[^"]*"/g, (text) => text.toLowerCase()));
}

function lossy(loss: Loss): Dialect {
  return upstream({
    encodeRequest(request, context) {
      context.lose(loss);
      return real.encodeRequest(request, context);
    },
  });
}

function doubled(): Pick<Dialect, 'upstream' | 'usage'> {
  return {
    usage: { ...usage, read: (json, into) => (usage.read(json, into), void (into.inputText = 2 * (into.inputText ?? 0))) },
    upstream: {
      ...real,
      decodeResponse(body, context) {
        const response = real.decodeResponse(body, context);
        return { ...response, usage: { ...response.usage, inputText: 2 * response.usage.inputText } };
      },
    },
  };
}

describe('a dialect', () => {
  for (const [flaw, dialect, title, problem, recordings = []] of broken) {
    it(`with ${flaw} does not conform`, async () => {
      const evidence = recordings.map((known) => ({ ...known, dialect: dialect.id }));
      expect(await problemOf(findCheck(dialectSuite(dialect, { recordings: evidence }), title))).toMatch(problem);
    });
  }

  it('lacks what nobody recorded', () => {
    const levels = dialectSuite(openaiChat).missing.map(({ level }) => level);
    expect(levels).toEqual(['silver', 'silver', 'gold']);
    expect(
      dialectSuite(openaiChat, {
        recordings: [
          { ...answer, name: 'x' },
          { ...stream, name: 'x' },
        ],
      }).missing,
    ).toEqual([]);
  });
});
