import { openaiChat, openaiResponses } from '@tollgate/adapter-openai';
import {
  defineProvider,
  type DollarsPerMillion,
  type PriceList,
  type ProviderAdapter,
  secret,
  type TokenFamily,
  usualCharacterWeights,
  type WireRequest,
  z,
} from '@tollgate/plugin-kit';
import { noFixtures, providerSuite, type RecordedError } from '@tollgate/plugin-kit/conformance';
import { describe, expect, it } from 'vitest';
import { findCheck, problemOf } from './find-check.js';

const baseUrl = z.url().default('https://api.moon.example').meta({ title: 'Base URL' });

/** A provider in order, but for what is changed. */
function moon(
  change: Partial<ProviderAdapter> = {},
  config: z.ZodObject = z.object({ baseUrl, apiKey: secret('API key') }),
): ProviderAdapter {
  return defineProvider({
    id: 'moon',
    title: 'Moon',
    vendor: 'moon',
    config,
    speaks: [{ dialect: openaiChat, url: () => 'https://api.moon.example/chat' }],
    headers: (call) => ({ 'content-type': 'application/json', 'x-moon-key': String(call.config['apiKey']) }),
    ...change,
  });
}

const balanceRequest = (path: string): WireRequest => ({ method: 'GET', url: `https://api.moon.example/${path}`, headers: {} });

const hint = { model: 'full-moon', dollarsPerMillion: { inputText: 1 } };

function priceList(dollarsPerMillion: DollarsPerMillion, asOf = '2026-11-01'): PriceList {
  return { vendor: 'Moon', source: 'https://moon.example/prices', asOf, models: [{ model: 'full-moon', dollarsPerMillion }] };
}

function speaking(url: ProviderAdapter['speaks'][number]['url']): ProviderAdapter {
  return moon({ speaks: [{ dialect: openaiChat, url }] });
}

const refusal: RecordedError = {
  name: 'empty',
  status: 400,
  body: { error: 'out of credit, see https://moon.example/pay' },
  expected: { kind: 'insufficient-quota', scope: 'key', retry: 'other' },
};
const silent = { ...openaiChat, upstream: { ...openaiChat.upstream, encodeRequest: () => ({ model: 'm' }) } };

const family: TokenFamily = { id: 'moon', models: [/moon/], weights: usualCharacterWeights, field: 1 };

type BrokenProvider = readonly [flaw: string, provider: ProviderAdapter, check: string, problem: RegExp, fixtures?: object];

const broken: readonly BrokenProvider[] = [
  ['a field without a title', moon({}, z.object({ apiKey: secret('API key'), region: z.string() })), 'form can be drawn', /region/],
  [
    'a key that is no secret',
    moon({}, z.object({ apiKey: z.string().meta({ title: 'API key' }) })),
    'marks every credential',
    /secret\(\)/,
  ],
  [
    'a secret where it is not encrypted',
    moon({}, z.object({ apiKey: secret('Key'), account: z.object({ inner: secret('Inner') }).meta({ title: 'Account' }) })),
    'marks every credential',
    /top level/,
  ],
  [
    'a default that is refused',
    moon({}, z.object({ apiKey: secret('Key'), port: z.int().min(5).default(1).meta({ title: 'Port' }) })),
    'takes its own defaults',
    /port/,
  ],
  [
    'resources at half an address',
    moon({ speaks: [{ dialect: openaiResponses, url: () => 'https://api.moon.example/chat', resourceUrl: (_call, path) => path }] }),
    'where it has the resources',
    /no web address/,
  ],
  ['half an address', speaking(() => '/chat'), 'the same address and headers', /no web address/],
  ['an address with a hole', speaking(() => 'https://api.moon.example//chat'), 'the same address and headers', /empty part/],
  ['headers that break a line', moon({ headers: () => ({ 'x-moon': 'a\r\nb' }) }), 'the same address and headers', /cannot be sent/],
  ['headers by chance', moon({ headers: () => ({ 'x-moon': `${Math.random()}` }) }), 'the same address and headers', /Math\.random/],
  [
    'a stream that nobody hears of',
    moon({ speaks: [{ dialect: silent, url: () => 'https://api.moon.example/chat' }] }),
    'whether a stream is wanted',
    /streamed or not/,
  ],
  ['bodies of no type', moon({ headers: () => ({}) }), 'bodies are JSON', /content-type is none/],
  ['a key that it keeps to itself', moon({ headers: () => ({}) }), 'shows its credentials', /apiKey/],
  [
    'a question for models that changes',
    moon({ models: { request: () => ({ method: 'GET', url: 'models', headers: {} }), read: () => [] } }),
    'asks for the models',
    /no web address/,
  ],
  [
    'no question for a balance',
    moon({ balance: { requests: () => [], read: () => undefined } }),
    'asks for the balance',
    /Nothing is asked/,
  ],
  [
    'a question for a balance that changes',
    moon({ balance: { requests: () => [balanceRequest(`${Math.random()}`)], read: () => undefined } }),
    'asks for the balance',
    /Math\.random/,
  ],
  [
    'a balance that nobody stated',
    moon({ balance: { requests: () => [balanceRequest('left')], read: () => ({ amounts: [{ micros: 0, currency: 'USD' }] }) } }),
    'asks for the balance',
    /was taken for a balance/,
  ],
  ['a price without a day', moon({ prices: [priceList({}, 'today')] }), 'hints at prices', /today/],
  ['a price in another unit', moon({ prices: [priceList({ inputText: 2_500_000 })] }), 'hints at prices', /inputText: 2500000/],
  ['a model priced twice', moon({ prices: [{ ...priceList({}), models: [hint, hint] }] }), 'hints at prices', /full-moon is priced twice/],
  ['a dear cache', moon({ prices: [priceList({ inputText: 1, inputCacheRead: 2 })] }), 'hints at prices', /dearer than input/],
  ['a family twice', moon({ tokenFamilies: [family, family] }), 'count tokens', /declared twice/],
  ['a pattern with a memory', moon({ tokenFamilies: [{ ...family, models: [/moon/g] }] }), 'count tokens', /leave g and y out/],
  [
    'a weight of nothing',
    moon({ tokenFamilies: [{ ...family, weights: { ...usualCharacterWeights, digit: 0 } }] }),
    'count tokens',
    /digit/,
  ],
  ['a weight below nothing', moon({ tokenFamilies: [{ ...family, field: -1 }] }), 'count tokens', /field with -1/],
  [
    'an image without end',
    moon({ tokenFamilies: [{ ...family, media: { image: ({ width = 0 }) => 1 / width } }] }),
    'count tokens',
    /Infinity/,
  ],
  [
    'trust in refusals',
    moon({ classify: (failure) => ({ message: (failure.json() as { error: { message: string } }).error.message }) }),
    'judges any refusal',
    /Cannot read/,
  ],
  ['a verdict of no kind', moon({ classify: () => ({ kind: 'sad' as 'server' }) }), 'judges any refusal', /usable kind/],
  ['no ear for an empty account', moon(), 'judges "empty"', /"kind" is not as expected/, { errors: { moon: [refusal] } }],
  [
    'an address for callers',
    moon({ classify: (failure) => ({ ...refusal.expected, message: failure.text }) }),
    'judges "empty"',
    /shows callers an address/,
    { errors: { moon: [refusal] } },
  ],
  [
    'models twice',
    moon({
      models: { request: () => ({ method: 'GET', url: 'https://api.moon.example', headers: {} }), read: () => [{ id: 'a' }, { id: 'a' }] },
    }),
    'recorded list of models',
    /listed twice/,
    { modelLists: { moon: {} } },
  ],
];

describe('a provider', () => {
  for (const [flaw, provider, title, problem, fixtures = {}] of broken) {
    it(`with ${flaw} does not conform`, async () => {
      const suite = providerSuite(provider, { fixtures: { ...noFixtures, ...fixtures } });
      expect(await problemOf(findCheck(suite, title))).toMatch(problem);
    });
  }

  it('in order conforms', async () => {
    for (const check of providerSuite(moon()).checks) expect(await problemOf(check)).toBeUndefined();
  });

  it('lacks refusals until three kinds are recorded', () => {
    const missingWith = (...kinds: readonly ('rate-limit' | 'authentication' | 'invalid-request')[]) => {
      const errors = { moon: kinds.map((kind) => ({ ...refusal, expected: { ...refusal.expected, kind } })) };
      return providerSuite(moon(), { fixtures: { ...noFixtures, errors } }).missing.map(({ level }) => level);
    };
    expect(missingWith()).toEqual(['gold']);
    expect(missingWith('rate-limit', 'authentication', 'rate-limit')).toEqual(['gold']);
    expect(missingWith('rate-limit', 'authentication', 'invalid-request')).toEqual([]);
  });
});
