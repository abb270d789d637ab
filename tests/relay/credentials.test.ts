import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, chatChannel, keyOf, openToken, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { questionIn } from './raw-call.js';

const paths: Readonly<Record<string, string>> = {
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  'claude-messages': '/v1/messages',
  gemini: '/v1/models/good:generateContent',
};

interface Form {
  readonly title: string;
  readonly dialect: string;
  readonly headers?: (key: string) => Readonly<Record<string, string>>;
  readonly query?: (key: string) => string;
}

const forms: readonly Form[] = [
  { title: 'Authorization: Bearer for chat', dialect: 'openai-chat', headers: (key) => ({ authorization: `Bearer ${key}` }) },
  { title: 'Authorization: Bearer for responses', dialect: 'openai-responses', headers: (key) => ({ authorization: `bearer ${key}` }) },
  { title: 'Authorization: Bearer for Claude', dialect: 'claude-messages', headers: (key) => ({ authorization: `Bearer ${key}` }) },
  { title: 'x-api-key', dialect: 'claude-messages', headers: (key) => ({ 'x-api-key': key }) },
  { title: 'x-goog-api-key', dialect: 'gemini', headers: (key) => ({ 'x-goog-api-key': key }) },
  { title: '?key=', dialect: 'gemini', query: (key) => `?key=${key}` },
  { title: 'Authorization: Bearer for Gemini', dialect: 'gemini', headers: (key) => ({ authorization: `Bearer ${key}` }) },
];

describe('a key', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startGateway({
      environment: { LOG_LEVEL: 'debug' },
      apply: {
        models: pricedByTokens('good'),
        channels: [chatChannel('good', upstream.place('good', answers()), ['good'])],
        users: [alice],
        tokens: [openToken],
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const ask = ({ dialect, headers, query }: Form, key: string): Promise<Response> =>
    fetch(`${gateway.url}${paths[dialect]}${query?.(key) ?? ''}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers?.(key) },
      body: JSON.stringify(questionIn(dialect, 'good')),
    });

  it.each(forms)('is read from $title', async (form) => {
    expect((await ask(form, openToken.key)).status).toBe(200);
    expect((await ask(form, keyOf('wrong'))).status).toBe(401);
  });

  it('goes no further than the gateway', () => {
    expect(upstream.requests.length).toBeGreaterThanOrEqual(forms.length);
    for (const { headers, path, body } of upstream.requests) {
      expect(`${JSON.stringify(headers)} ${path} ${body.toString('utf8')}`).not.toContain(openToken.key);
      expect(headers.authorization).toBe(`Bearer ${upstreamKey}`);
    }
  });

  it('is in no log line, nor is the key of the upstream', async () => {
    await ask({ title: '', dialect: 'gemini', query: (key) => `x?key=${key}` }, openToken.key);
    await fetch(`${gateway.url}/v1beta/models?key=${openToken.key}`);
    expect(gateway.logs).not.toContain(openToken.key);
    expect(gateway.logs).not.toContain(keyOf('wrong'));
    expect(gateway.logs).not.toContain(upstreamKey);
  });
});
