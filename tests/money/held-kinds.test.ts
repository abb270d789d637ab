import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RawAnswer, rawCall } from '../relay/raw-call.js';
import { type Behaviour, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { chatChannel, keyOf } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { millipointsOf } from '../support/points.js';
import { usageRowsOf } from '../support/usage-rows.js';

const model = 'gpt-audio';
/** As text, the call would be held at a little less. */
const tooLittle = 20_000;

/** A minute of sound at the lowest byte rate that is believed. */
function minuteOfSound(): string {
  const wave = Buffer.alloc(60_044);
  wave.write('RIFF\0\0\0\0WAVEfmt ', 'latin1');
  wave.writeUInt32LE(1_000, 28);
  return wave.toString('base64');
}

const body = JSON.stringify({
  model,
  modalities: ['text', 'audio'],
  audio: { voice: 'alloy', format: 'wav' },
  max_completion_tokens: 2_700,
  messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: minuteOfSound(), format: 'wav' } }] }],
});

const speaks: Behaviour = (_request, response) =>
  sendJson(response, 200, {
    id: 'chatcmpl-spoken',
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, audio: { id: 'a', data: 'UklGRg==', transcript: 'Hello.' } },
        finish_reason: 'stop',
      },
    ],
    usage: {
      prompt_tokens: 602,
      prompt_tokens_details: { audio_tokens: 600 },
      completion_tokens: 2_700,
      completion_tokens_details: { audio_tokens: 2_690 },
      total_tokens: 3_302,
    },
  });

describe('a call that hears and speaks', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  const users = { rich: 1_000_000, poor: tooLittle };

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startGateway({
      apply: {
        models: [{ name: model, modelRatio: 1.25, completionRatio: 4, audioRatio: 12.8, audioCompletionRatio: 2 }],
        channels: [chatChannel('audio', upstream.place('audio', speaks), [model])],
        users: Object.entries(users).map(([username, points]) => ({ username, password: 'a long enough password', points })),
        tokens: Object.keys(users).map((user) => ({ name: user, user, key: keyOf(user), unlimited: true })),
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const ask = (user: keyof typeof users): Promise<RawAnswer> =>
    rawCall({ url: gateway.url, key: keyOf(user), dialect: 'openai-chat', model, body });

  it('holds sound at the price of sound, so that the hold pays for it', async () => {
    const answer = await ask('rich');
    expect(answer.status, answer.body.toString('utf8')).toBe(200);
    const [receipt] = await usageRowsOf(gateway, keyOf('rich'), 1);
    expect(receipt).toMatchObject({ cost: '95732.5', uncollected: '0', policy: 'upstream-actual' });
    expect(millipointsOf(receipt?.held ?? '0')).toBeGreaterThanOrEqual(millipointsOf('95732.5'));
    expect(millipointsOf(receipt?.held ?? '0')).toBeLessThan(millipointsOf('97000'));
  });

  it('goes to no upstream where that is more than there is', async () => {
    const before = upstream.requestsTo('audio').length;
    const answer = await ask('poor');
    expect(answer.body.toString('utf8')).toContain('insufficient_quota');
    expect(upstream.requestsTo('audio')).toHaveLength(before);
  });
});
