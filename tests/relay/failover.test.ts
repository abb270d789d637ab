import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, breaksOff, refuses, type ScriptedUpstream, startScriptedUpstream, staysSilent } from '../replay/scripted-upstream.js';
import {
  alice,
  type ApplyDocument,
  chatChannel,
  type ChannelEntry,
  neverResting,
  openToken,
  pricedByTokens,
} from '../support/apply-document.js';
import { freePort } from '../support/free-port.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { type RawAnswer, rawCall } from './raw-call.js';

const attemptsMax = 3;

describe('the choice of a channel', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let refusedUrl: string;

  /** A channel whose place answers with the channel's name. */
  const good = (name: string, model: string, more: Partial<ChannelEntry> = {}): ChannelEntry =>
    chatChannel(name, upstream.place(name, answers({ text: name })), [model], more);

  const document = (): ApplyDocument => {
    const bad = (name: string, model: string, behaviour: Parameters<ScriptedUpstream['place']>[1]): ChannelEntry =>
      chatChannel(name, upstream.place(name, behaviour), [model], { priority: 10 });
    const channels = [
      good('heavy', 'weighted', { weight: 4 }),
      good('light', 'weighted', { weight: 1 }),
      good('idle', 'weighted', { weight: 0 }),
      good('first', 'ranked', { priority: 5 }),
      good('second', 'ranked', { priority: 4, weight: 100 }),
      ...['a', 'b', 'c', 'd'].map((name) => chatChannel(`down-${name}`, upstream.place(`down-${name}`, refuses(503)), ['down'])),
      bad('500', 'after-500', refuses(500)),
      good('500-next', 'after-500'),
      bad(
        '503',
        'after-503',
        refuses(503, { error: { message: 'Bad request.', type: 'invalid_request_error', code: 'context_length_exceeded' } }),
      ),
      good('503-next', 'after-503'),
      bad('429', 'after-429', refuses(429)),
      good('429-next', 'after-429'),
      bad('401', 'after-401', refuses(401)),
      good('401-next', 'after-401'),
      bad('200', 'after-200', refuses(200, { error: { message: 'Overloaded.', type: 'server_error', code: 'engine_overloaded' } })),
      good('200-next', 'after-200'),
      bad('hang-up', 'after-hang-up', breaksOff()),
      good('hang-up-next', 'after-hang-up'),
      chatChannel('refused', refusedUrl, ['after-refused'], { priority: 10 }),
      good('refused-next', 'after-refused'),
      bad('silent', 'after-silent', staysSilent),
      good('silent-next', 'after-silent'),
      bad('400', 'after-400', refuses(400)),
      good('400-next', 'after-400'),
      bad('half', 'after-half', breaksOff({ afterChunks: 2 })),
      good('half-next', 'after-half'),
      bad('late', 'after-late', staysSilent),
      good('late-next', 'after-late'),
    ];
    const models = [...new Set(channels.flatMap((channel) => channel.models))];
    const settings = { ...neverResting, relay: { attemptsMax, firstByteTimeoutMs: 700 } };
    return { models: pricedByTokens(...models), channels, users: [alice], tokens: [openToken], settings };
  };

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    refusedUrl = `http://127.0.0.1:${await freePort()}/v1`;
    gateway = await startGateway({ apply: document() });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const ask = (model: string, stream = false): Promise<RawAnswer> =>
    rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model, stream });

  it('shares calls by weight, and leaves a channel of weight 0 alone', async () => {
    for (let round = 0; round < 10; round += 1) await Promise.all(Array.from({ length: 20 }, () => ask('weighted')));
    const heavy = upstream.requestsTo('heavy').length;
    const light = upstream.requestsTo('light').length;
    expect(upstream.requestsTo('idle')).toEqual([]);
    expect(heavy + light).toBe(200);
    // 160 and 40 are expected; 110 and fewer than 1 in 10^15.
    expect(heavy).toBeGreaterThan(110);
    expect(light).toBeGreaterThan(5);
  });

  it('stays inside the highest priority', async () => {
    await Promise.all(Array.from({ length: 20 }, () => ask('ranked')));
    expect(upstream.requestsTo('first')).toHaveLength(20);
    expect(upstream.requestsTo('second')).toEqual([]);
  });

  it.each(['500', '503', '429', '401', '200', 'hang-up', 'refused', 'silent'])('moves on after %s', async (failure) => {
    for (const stream of [false, true]) {
      const answer = await ask(`after-${failure}`, stream);
      expect(answer.status, answer.body.toString('utf8')).toBe(200);
      expect(answer.body.toString('utf8')).toContain(`${failure}-next`);
    }
    if (failure !== 'refused') expect(upstream.requestsTo(failure)).toHaveLength(2);
  });

  it('never asks a channel twice, and stops at the most attempts', async () => {
    expect((await ask('down')).status).toBe(503);
    const counts = ['a', 'b', 'c', 'd'].map((name) => upstream.requestsTo(`down-${name}`).length);
    expect(counts.toSorted((one, other) => one - other)).toEqual([0, 1, 1, 1]);
  });

  it('gives up where every channel would refuse', async () => {
    expect((await ask('after-400')).status).toBe(400);
    expect(upstream.requestsTo('400-next')).toEqual([]);
  });

  it('does not move on once the client has seen a byte', async () => {
    const answer = await ask('after-half', true);
    expect(answer.status).toBe(200);
    expect(answer.body.toString('utf8')).toContain('"error"');
    expect(upstream.requestsTo('half-next')).toEqual([]);
  });

  it('starts no attempt after the time for attempts is up', async () => {
    const applied = await gateway.apply({ settings: { relay: { attemptsTimeMaxMs: 300 } } });
    expect(applied.exitCode, applied.stderr).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await ask('after-late')).status).toBe(504);
    expect(upstream.requestsTo('late-next')).toEqual([]);
  });

  it('is charged once, whatever was tried', async () => {
    await gateway.expectCleanLedger();
  });
});
