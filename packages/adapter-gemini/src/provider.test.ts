import type { ProviderCall, UpstreamFailure, Verdict } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { geminiDialect } from './gemini/dialect.js';
import { geminiProvider } from './provider.js';

const config = geminiProvider.config.parse({ apiKey: 'AIzaSecret' });

function call(change: Partial<ProviderCall<typeof config>> = {}): ProviderCall<typeof config> {
  return { config, model: 'gemini-2.5-flash', stream: false, framing: 'sse', dialect: geminiDialect, clientHeaders: {}, ...change };
}

function url(change: Partial<ProviderCall<typeof config>>): string | undefined {
  return geminiProvider.speaks[0]?.url(call(change));
}

function classify(status: number, body: unknown, headers: Record<string, string> = {}): Partial<Verdict> | undefined {
  const failure: UpstreamFailure = { status, headers: new Map(Object.entries(headers)), text: JSON.stringify(body), json: () => body };
  return geminiProvider.classify?.(failure);
}

function errorBody(status: string, message: string, ...details: readonly object[]): object {
  return { error: { code: 0, message, status, details } };
}

describe('gemini provider', () => {
  it('calls the model by its path', () => {
    const root = 'https://generativelanguage.googleapis.com/v1beta';
    expect(url({})).toBe(`${root}/models/gemini-2.5-flash:generateContent`);
    expect(url({ stream: true })).toBe(`${root}/models/gemini-2.5-flash:streamGenerateContent?alt=sse`);
    expect(url({ stream: true, framing: 'json-array' })).toBe(`${root}/models/gemini-2.5-flash:streamGenerateContent`);
    expect(url({ model: 'tunedModels/mine' })).toBe(`${root}/tunedModels/mine:generateContent`);
    expect(url({ model: 'a?b#c' })).toBe(`${root}/models/a%3Fb%23c:generateContent`);
  });

  it('takes the host’s root and a version from its configuration', () => {
    const own = geminiProvider.config.parse({ apiKey: 'k', baseUrl: 'http://127.0.0.1:9/', apiVersion: 'v1' });
    expect(url({ config: own })).toBe('http://127.0.0.1:9/v1/models/gemini-2.5-flash:generateContent');
    expect(geminiProvider.config.safeParse({ apiKey: 'k', apiVersion: '../v1' }).success).toBe(false);
  });

  it('sends the key in a header and never in an address', () => {
    expect(geminiProvider.headers(call())).toEqual({ 'x-goog-api-key': 'AIzaSecret', 'content-type': 'application/json' });
    expect(geminiProvider.models?.request(config).url).not.toContain('AIzaSecret');
  });

  it('lists the models that generate content', () => {
    const models = [
      {
        name: 'models/gemini-x',
        displayName: 'Gemini X',
        inputTokenLimit: 10,
        outputTokenLimit: 5,
        supportedGenerationMethods: ['generateContent'],
      },
      { name: 'models/embedder', supportedGenerationMethods: ['embedContent'] },
      { displayName: 'nameless' },
    ];
    expect(geminiProvider.models?.read({ models })).toEqual([
      { id: 'gemini-x', title: 'Gemini X', contextTokensMax: 10, outputTokensMax: 5 },
    ]);
    expect(geminiProvider.models?.read('gone')).toEqual([]);
  });
});

describe('gemini failure', () => {
  const invalidKey = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' };

  it.each<[number, object, Partial<Verdict>]>([
    [
      400,
      errorBody('INVALID_ARGUMENT', 'API key not valid.', invalidKey),
      { kind: 'authentication', code: 'api_key_invalid', scope: 'key', retry: 'other' },
    ],
    [400, errorBody('INVALID_ARGUMENT', 'API key expired. Renew it.'), { kind: 'authentication', scope: 'key', retry: 'other' }],
    [400, errorBody('INVALID_ARGUMENT', 'Unknown name "x".'), { kind: 'invalid-request', code: 'invalid_argument', retry: 'never' }],
    [
      400,
      errorBody('INVALID_ARGUMENT', 'The input token count (9) exceeds the maximum number of tokens allowed (8).'),
      { kind: 'context-length', retry: 'never' },
    ],
    [400, errorBody('INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'), { kind: 'too-large', retry: 'never' }],
    [400, errorBody('FAILED_PRECONDITION', 'User location is not supported.'), { kind: 'permission', retry: 'other' }],
    [403, errorBody('PERMISSION_DENIED', 'No.'), { kind: 'permission', scope: 'key', retry: 'other' }],
    [404, errorBody('NOT_FOUND', 'models/x is not found.'), { kind: 'not-found', scope: 'model', retry: 'other' }],
    [429, errorBody('RESOURCE_EXHAUSTED', 'Quota exceeded.'), { kind: 'rate-limit', retry: 'other' }],
    [429, errorBody('RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.'), { kind: 'insufficient-quota', retry: 'other' }],
    [503, errorBody('INVALID_ARGUMENT', 'Come back.'), { kind: 'overloaded', retry: 'other' }],
    [
      400,
      errorBody('INVALID_ARGUMENT', 'Function call `f` in the 2. content block is missing a `thought_signature`.'),
      { kind: 'invalid-request', retry: 'without-seals' },
    ],
    [400, errorBody('INVALID_ARGUMENT', 'Corrupted thought signature.'), { retry: 'without-seals' }],
    [500, errorBody('INTERNAL', 'Oh.'), { kind: 'server', retry: 'other' }],
    [503, errorBody('UNAVAILABLE', 'The model is overloaded.'), { kind: 'overloaded', scope: 'model', retry: 'other' }],
    [504, errorBody('DEADLINE_EXCEEDED', 'Late.'), { kind: 'timeout', retry: 'other' }],
    [503, [errorBody('UNAVAILABLE', 'In an array, as streams have it.')], { kind: 'overloaded' }],
    [418, { error: { code: 418, message: 'Short and stout.' } }, { kind: 'invalid-request', status: 418 }],
  ])('%i %j is told apart', (status, body, verdict) => {
    expect(classify(status, body)).toMatchObject(verdict);
  });

  it('leaves what is no error body to the status', () => {
    expect(classify(502, undefined)).toEqual({});
    expect(classify(502, { error: 'a text' })).toEqual({});
  });

  it('says when to come back, by body and rather by header', () => {
    const body = errorBody('RESOURCE_EXHAUSTED', 'Slow.', { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' });
    expect(classify(429, body)).toMatchObject({ retryAfterMs: 34_400 });
    expect(classify(429, body, { 'retry-after': '7' })).toMatchObject({ retryAfterMs: 7_000 });
    expect(classify(503, undefined, { 'retry-after': '2' })).toEqual({ retryAfterMs: 2_000 });
  });

  it('tells callers no address, key or account', () => {
    const message =
      "Invalid API key: key1234 AIzaSyAbc for project_number:348715329010 of 'generativelanguage.googleapis.com', see https://x.example/y?key=z";
    const cleaned = classify(403, errorBody('PERMISSION_DENIED', message))?.message ?? '';
    for (const secret of ['key1234', 'AIza', '3487', 'googleapis', 'x.example']) expect(cleaned).not.toContain(secret);
    expect(cleaned).toContain('Invalid API key');
  });
});
