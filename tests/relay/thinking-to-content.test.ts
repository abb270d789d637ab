import { type Block, type CanonicalResponse, type CanonicalSink, emptyUsage, FrameWriter } from '@tollgate/plugin-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Behaviour, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { speakerOf, speakers } from './conversations/talk.js';
import { dialectNamed, repeatableContext } from './dialects.js';
import { channelIn } from './plain-vendors.js';
import { credentialOf, pathOf, questionIn } from './raw-call.js';

const thought: Block = { type: 'thinking', text: 'Is it warm?' };
const redacted: Block = { type: 'thinking', text: '', redacted: true, seal: { vendor: 'anthropic', value: 'EqQB' } };
const said: Block = { type: 'text', text: 'It is warm.' };
const called: Block = { type: 'tool-call', id: 'call_1', name: 'weather', arguments: '{"city":"Bern"}' };
const told = '<think>\nIs it warm?\n</think>\n\n';

interface Answer {
  readonly title: string;
  readonly blocks: readonly Block[];
  /** As a client sees it. */
  readonly text: string;
}

const answers: readonly Answer[] = [
  { title: 'text', blocks: [thought, said], text: `${told}It is warm.` },
  { title: 'tool-call', blocks: [thought, called], text: told },
  { title: 'text-and-tool-call', blocks: [thought, said, called], text: `${told}It is warm.` },
  { title: 'nothing', blocks: [thought], text: told },
  { title: 'redacted', blocks: [redacted, said], text: 'It is warm.' },
];

/** Of an upstream without sealed thinking: it has no way to say that something was redacted. */
const sealing: ReadonlySet<string> = new Set(['claude-messages']);
const dialects = Object.keys(speakers);
const usage = { ...emptyUsage(), inputText: 20, outputText: 9 };

const ways = dialects.flatMap((client) =>
  dialects.flatMap((server) => [false, true].map((stream) => ({ client, server, stream, way: stream ? 'streamed' : 'whole' }))),
);

/** Answers as servers of the dialect do: the half that faces clients writes what such a server says. */
function answersWith(dialectId: string, blocks: readonly Block[]): Behaviour {
  const dialect = dialectNamed(dialectId);
  const stop = blocks.includes(called) ? 'tool' : 'end';
  const answer: CanonicalResponse = { id: 'answer-1', model: 'thinker', blocks, stop, usage };
  const request = { model: 'thinker', turns: [], thinking: { mode: 'on', shown: true } } as const;
  return ({ body, path }, response) => {
    const isStream = path.includes('streamGenerateContent') || (JSON.parse(body.toString('utf8')) as { stream?: boolean }).stream === true;
    const context = repeatableContext();
    if (!isStream) return sendJson(response, 200, dialect.client.encodeResponse(answer, { ...request, stream: false }, context));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const writer = new FrameWriter('sse', (text) => response.write(text));
    play(dialect.client.streamEncoder(writer, { ...request, stream: true, usageInStream: true }, context), answer);
    writer.end();
    response.end();
  };
}

function play(sink: CanonicalSink, answer: CanonicalResponse): void {
  sink.start(answer.id, answer.model);
  answer.blocks.forEach((block, index) => {
    if (block.type === 'tool-call') {
      sink.openBlock(index, { type: 'tool-call', id: block.id, name: block.name });
      sink.argumentsDelta(index, block.arguments);
    } else if (block.type === 'thinking' || block.type === 'text') {
      sink.openBlock(index, block.type === 'text' ? { type: 'text' } : { type: 'thinking', ...(block.redacted ? { redacted: true } : {}) });
      for (const piece of block.text.match(/.{1,4}/gsu) ?? []) sink.textDelta(index, piece);
      if (block.seal !== undefined) sink.seal(index, block.seal);
    }
    sink.closeBlock(index);
  });
  sink.usage(answer.usage);
  sink.stop(answer.stop);
}

describe('a channel that delivers thinking as text', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channels = dialects.flatMap((dialect) =>
      answers.map(({ title, blocks }): ChannelEntry => {
        const name = `${dialect}-${title}`;
        return { ...channelIn(dialect, name, upstream.place(name, answersWith(dialect, blocks)), [name]), thinkingToContent: true };
      }),
    );
    const models = pricedByTokens(...channels.flatMap((channel) => channel.models));
    gateway = await startGateway({ apply: { models, channels, users: [alice], tokens: [openToken] } });
  });
  afterAll(async () => {
    await gateway.expectCleanLedger();
    await gateway.stop();
    await upstream.close();
  });

  it.each(ways)('puts it before what is said and done: $client to $server, $way', async ({ client, server, stream }) => {
    for (const { title, blocks, text } of answers) {
      if (title === 'redacted' && !sealing.has(server)) continue;
      const seen = await speakerOf(client, { url: gateway.url, key: openToken.key }).ask(`${server}-${title}`, stream);
      expect({ text: seen.text, calls: seen.calls.map((call) => call.arguments) }, title).toEqual({
        text,
        calls: blocks.includes(called) ? [{ city: 'Bern' }] : [],
      });
    }
  });

  it.each(ways)('leaves nothing of it elsewhere, and the usage as it was: $client to $server, $way', async ({ client, server, stream }) => {
    const model = `${server}-text`;
    const answer = await fetch(gateway.url + pathOf({ dialect: client, model, stream }), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...credentialOf(client, openToken.key) },
      body: JSON.stringify(questionIn(client, model, stream)),
    });
    const body = await answer.text();
    expect(body).not.toMatch(/reasoning_content|"thinking"|"reasoning","?s|"thought":true/);
    expect(body).toMatch(/"(input_tokens|prompt_tokens|promptTokenCount)":20\b/);
    expect(body).toMatch(/"(output_tokens|completion_tokens|candidatesTokenCount)":9\b/);
  });
});
