import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cut } from '../replay/cut.js';
import { fixtureChannels, fixtureModels, modelNameOf } from '../replay/fixture-channels.js';
import { allFixtures, announceMissingRecordings, chatDialects, type Fixture, fixtureNamed } from '../replay/fixtures.js';
import { type ReplayUpstream, startReplayUpstream } from '../replay/replay-upstream.js';
import { frameEnds, wireResponseOf } from '../replay/wire.js';
import { alice, type ChannelEntry, openToken } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { dialectNamed } from './dialects.js';
import { readError } from './error-shapes.js';
import { questionIn, type RawAnswer, rawCall } from './raw-call.js';
import { decodedCalls } from './read-stream.js';

const recorded = allFixtures.filter(({ dialect, wireExact, status }) => wireExact && status === 200 && chatDialects.has(dialect));
const exact = recorded.filter(({ tags }) => !tags.includes('error'));
/** Streams in which the upstream says that it failed. */
const failed = recorded.filter(({ tags, stream }) => tags.includes('error') && stream);
const cuts: readonly Cut[] = [{ mode: 'frames' }, { mode: 'whole' }, { mode: 'slices', seed: 11 }];

/** Sorted into what the vendor's endpoint would be asked with: Gemini streams an array unless it is asked for SSE. */
function queryOf(fixture: Fixture): string {
  return fixture.format === 'json-array-stream' ? '' : 'alt=sse';
}

const upstreamModel = 'name-at-the-upstream';

/** The same fixture under another name, which the upstream does not know it by. */
function renamed(channels: readonly ChannelEntry[], fixture: Fixture): ChannelEntry {
  const own = channels.find(({ name }) => name === modelNameOf(fixture)) as ChannelEntry;
  const alias = `alias-${fixture.dialect}`;
  return { ...own, name: alias, models: [alias], modelMapping: { [alias]: upstreamModel } };
}

const renamedFixtures = ['openai-chat/text.sse', 'openai-responses/text.sse', 'claude/text.sse', 'gemini/text.sse'].map(fixtureNamed);

describe('the pass lane', () => {
  announceMissingRecordings('pass-lane');
  let upstream: ReplayUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startReplayUpstream();
    const channels = cuts.flatMap((cut) =>
      fixtureChannels(upstream, recorded, cut).map((channel) => {
        const name = `${channel.name}-${cut.mode}`;
        return { ...channel, name, models: [name] };
      }),
    );
    const aliases = renamedFixtures.map((fixture) => renamed(fixtureChannels(upstream, renamedFixtures), fixture));
    const names = [...channels, ...aliases].flatMap(({ models }) => models);
    gateway = await startGateway({
      apply: {
        models: [...fixtureModels([]), ...names.map((name) => ({ name, modelRatio: 1 }))],
        channels: [...channels, ...aliases],
        users: [alice],
        tokens: [openToken],
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const ask = (
    dialect: string,
    model: string,
    more: { readonly stream?: boolean; readonly query?: string; readonly body?: string },
  ): Promise<RawAnswer> => rawCall({ url: gateway.url, key: openToken.key, dialect, model, ...more });

  it.each(cuts)('hands on every byte of an answer that comes in $mode', async ({ mode }) => {
    const answers = await Promise.all(
      exact.map(async (fixture) => {
        const { stream } = fixture;
        const answer = await ask(fixture.dialect, `${modelNameOf(fixture)}-${mode}`, { stream, query: queryOf(fixture) });
        return { file: fixture.file, status: answer.status, identical: answer.body.equals(wireResponseOf(fixture).body) };
      }),
    );
    expect(answers.filter(({ status, identical }) => status !== 200 || !identical)).toEqual([]);
  });

  it.skipIf(failed.length === 0)('says in the place of the upstream that it failed, after the bytes that came before', async () => {
    for (const fixture of failed) {
      const { status, body, json } = await ask(fixture.dialect, `${modelNameOf(fixture)}-frames`, { stream: true });
      // Where nothing had left the gateway yet, the attempt has failed as a whole.
      if (status !== 200) {
        expect(readError(fixture.dialect, status, json()).code, fixture.file).not.toBe('');
        continue;
      }
      const upstreamBytes = wireResponseOf(fixture).body;
      const end = frameEnds(body).at(-2) ?? 0;
      expect(body.subarray(0, end).equals(upstreamBytes.subarray(0, end)), fixture.file).toBe(true);
      expect(end, fixture.file).toBeLessThan(upstreamBytes.length);
      expect(decodedCalls(dialectNamed(fixture.dialect), [body]).at(-1)?.[0], fixture.file).toBe('fail');
    }
  });

  it.each(renamedFixtures.filter(({ dialect }) => dialect !== 'gemini'))(
    'changes nothing of a $dialect request but the model',
    async ({ dialect }) => {
      const alias = `alias-${dialect}`;
      const plain = JSON.stringify(questionIn(dialect, alias, true));
      const body = ` {\t"unknown" : [1.0, 1e3, 12345678901234567890, "\\u00e9\\/", {"model":"inner"}],\r\n${plain.slice(1, -1)} , "temperature":0.70 }\n`;
      const before = upstream.requests.length;
      expect((await ask(dialect, alias, { stream: true, body })).status).toBe(200);
      const sent = upstream.requests.slice(before);
      expect(sent.map((request) => request.body.toString('utf8'))).toEqual([
        body.replace(JSON.stringify(alias), JSON.stringify(upstreamModel)),
      ]);
    },
  );

  it('changes no byte of a gemini request, whose path carries the model', async () => {
    const body = ' {"contents" : [ {"role":"user","parts":[{"text":"\\u00e9 1.0"}]} ] , "unknown":1.50 }\n';
    const before = upstream.requests.length;
    expect((await ask('gemini', 'alias-gemini', { stream: true, body })).status).toBe(200);
    const [sent] = upstream.requests.slice(before);
    expect(sent?.body.toString('utf8')).toBe(body);
    expect(sent?.path).toContain(`/models/${upstreamModel}:streamGenerateContent?alt=sse`);
  });

  it('asks a chat stream for usage where the client did not, and takes the extra chunk out again', async () => {
    const model = 'alias-openai-chat';
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], stream: true });
    const before = upstream.requests.length;
    const answer = await ask('openai-chat', model, { body });
    const [sent] = upstream.requests.slice(before);
    expect(JSON.parse(sent?.body.toString('utf8') ?? '')).toMatchObject({ stream_options: { include_usage: true } });
    const recorded = wireResponseOf(fixtureNamed('openai-chat/text.sse')).body.toString('utf8');
    const withoutUsage = recorded.split('\n\n').filter((frame) => !frame.includes('"choices":[]'));
    expect(withoutUsage.length).toBe(recorded.split('\n\n').length - 1);
    expect(answer.body.toString('utf8')).toBe(withoutUsage.join('\n\n'));
  });

  it('leaves no doubt in the books', async () => {
    await gateway.expectCleanLedger();
  });
});
