import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ApplyDocument, chatChannel, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

describe('models that channels offer and nobody has priced', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let document: ApplyDocument;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const baseUrl = upstream.place('new-model', answers({ usage: { prompt_tokens: 10, completion_tokens: 10 } }));
    document = {
      models: pricedByTokens('good'),
      channels: [chatChannel('one', baseUrl, ['good', 'gpt-4o', 'new-model'])],
      users: [alice],
      tokens: [openToken],
    };
    gateway = await startGateway({ apply: document });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  async function missing(...options: readonly string[]): Promise<string> {
    const { exitCode, stdout } = await gateway.command('prices', 'missing', ...options);
    expect(exitCode).toBe(0);
    return stdout;
  }

  it('are listed, with what becomes of calls to them', async () => {
    const text = await missing();
    expect(text).toContain('new-model: offered by one in default');
    expect(text).toContain('Calls to 1 models are refused');
    expect(text).not.toMatch(/good|gpt-4o/);
    const call = { url: gateway.url, key: openToken.key, dialect: 'openai-chat', model: 'new-model' } as const;
    expect((await rawCall({ ...call, body: '{"model":"new-model","messages":[]}' })).status).toBe(400);
  });

  it('are told to admins by the management API', async () => {
    await gateway.applied({ users: [{ username: 'admin', role: 'admin' }] });
    const { stdout } = await gateway.command('token', 'create', '--access', '--user', 'admin');
    const ask = (credential: string) => fetch(`${gateway.url}/api/prices/missing`, { headers: { authorization: `Bearer ${credential}` } });
    expect(await (await ask(stdout.trim())).json()).toEqual({
      items: [{ model: 'new-model', channels: ['one'], groups: ['default'] }],
      refused: true,
    });
    expect((await ask(openToken.key)).status).toBe(403);
  });

  it('are listed no more once they are priced', async () => {
    await gateway.applied({ ...document, models: pricedByTokens('good', 'new-model') });
    expect(JSON.parse(await missing('--json'))).toEqual({ missing: [], refused: true });
  });
});
