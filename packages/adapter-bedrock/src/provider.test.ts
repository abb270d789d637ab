import type { ProviderCall, WireRequest, z } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { bedrock, claudeByInvoke, converse, converseCountTokens } from './index.js';

type Config = z.output<typeof bedrock.config>;

function call(given: z.input<typeof bedrock.config>, model = 'claude-sonnet-4-5', stream = false): ProviderCall<Config> {
  return { config: bedrock.config.parse(given), model, stream, framing: 'sse', dialect: claudeByInvoke, clientHeaders: {} };
}

const urlOf = (asked: ProviderCall<Config>): string | undefined => bedrock.speaks[0]?.url(asked);
const host = 'https://bedrock-runtime.us-east-1.amazonaws.com';

describe('bedrock', () => {
  it('wants a key of its own, or both halves of another', () => {
    expect(() => bedrock.config.parse({})).toThrow('Give a Bedrock API key');
    expect(() => bedrock.config.parse({ accessKeyId: 'a' })).toThrow('Give a Bedrock API key');
    expect(bedrock.config.parse({ accessKeyId: 'a', secretAccessKey: 'b' }).region).toBe('us-east-1');
    expect(() => bedrock.config.parse({ apiKey: 'k', region: 'us-east-1.evil.example/' })).toThrow('a region');
  });

  it.each([
    ['claude-sonnet-4-5', {}, 'anthropic.claude-sonnet-4-5-20250929-v1%3A0'],
    ['claude-sonnet-4-5-20250929', { inferenceProfile: 'global' }, 'global.anthropic.claude-sonnet-4-5-20250929-v1%3A0'],
    ['claude-opus-4-0', {}, 'anthropic.claude-opus-4-20250514-v1%3A0'],
    ['claude-opus-4-7', { inferenceProfile: 'us' }, 'us.anthropic.claude-opus-4-7'],
    ['anthropic.claude-opus-4-6-v1', { inferenceProfile: 'eu' }, 'eu.anthropic.claude-opus-4-6-v1'],
    ['us.anthropic.claude-opus-4-6-v1', { inferenceProfile: 'eu' }, 'us.anthropic.claude-opus-4-6-v1'],
    ['arn:aws:bedrock:us-east-1:1:inference-profile/x', {}, 'arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx'],
  ] as const)('calls %s with %o by its id', (model, more, id) => {
    expect(urlOf(call({ apiKey: 'k', ...more }, model))).toBe(`${host}/model/${id}/invoke`);
    expect(urlOf(call({ apiKey: 'k', ...more }, model, true))).toBe(`${host}/model/${id}/invoke-with-response-stream`);
  });

  it.each([
    ['anthropic.claude-sonnet-4-5-20250929-v1:0', ['bedrock-claude', 'bedrock-count-tokens']],
    ['arn:aws:bedrock:us-east-1:1:application-inference-profile/abc', ['bedrock-claude', 'bedrock-count-tokens']],
    ['arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-pro-v1:0', ['bedrock-converse']],
    ['us.amazon.nova-pro-v1:0', ['bedrock-converse']],
    ['openai.gpt-oss-120b', ['openai-chat']],
    ['openai.gpt-oss-120b-1:0', ['bedrock-converse']],
    ['us.meta.llama4-scout-17b-instruct-v1:0', ['bedrock-converse']],
  ])('speaks to %s in its own way', (model, dialects) => {
    const usual = bedrock.speaks.filter(({ onDemand, models }) => onDemand !== true && models?.(model) !== false);
    expect(usual.map(({ dialect }) => dialect.id)).toEqual(dialects);
  });

  it('finds the methods of Converse, and counts without an inference profile', () => {
    const urls = (asked: ProviderCall<Config>): readonly string[] =>
      bedrock.speaks.filter(({ dialect }) => dialect === asked.dialect).map(({ url }) => url(asked));
    const nova = { ...call({ apiKey: 'k' }, 'us.amazon.nova-pro-v1:0'), dialect: converse };
    expect(new Set(urls(nova))).toEqual(new Set([`${host}/model/us.amazon.nova-pro-v1%3A0/converse`]));
    expect(urls({ ...nova, stream: true })[0]).toBe(`${host}/model/us.amazon.nova-pro-v1%3A0/converse-stream`);
    const counted = { ...call({ apiKey: 'k', inferenceProfile: 'eu' }, 'us.anthropic.claude-opus-4-7'), dialect: converseCountTokens };
    expect(urls(counted)).toEqual([`${host}/model/anthropic.claude-opus-4-7/count-tokens`]);
  });

  it('has another domain in China', () => {
    expect(urlOf(call({ apiKey: 'k', region: 'cn-north-1' }))).toMatch(/^https:\/\/bedrock-runtime\.cn-north-1\.amazonaws\.com\.cn\//);
  });

  it('signs what has no key of its own', async () => {
    const request: WireRequest = {
      method: 'POST',
      url: `${host}/model/x/invoke`,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    };
    const io = {} as Parameters<NonNullable<typeof bedrock.sign>>[2];
    expect(await bedrock.sign?.(request, call({ apiKey: 'k' }), io)).toEqual({});
    const lent = call({ accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' });
    expect(await bedrock.sign?.(request, lent, io)).toMatchObject({
      'x-amz-security-token': 'c',
      authorization: expect.stringMatching(/\/us-east-1\/bedrock\/aws4_request/) as string,
    });
    expect(bedrock.headers(lent)).toEqual({ 'content-type': 'application/json' });
    expect(bedrock.headers(call({ apiKey: 'k' }))).toMatchObject({ authorization: 'Bearer k' });
  });
});
