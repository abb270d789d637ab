import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { repositoryFolder } from '../support/repository.js';

describe('a request for what lives at a place with tokens of its own', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let given = 0;
  let good = 'token-1';
  let tokenStatus = 200;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const tokenUrl = upstream.place('tokens', (_request, response) => {
      given += 1;
      response.writeHead(tokenStatus).end(`token-${given}`);
    });
    const baseUrl = upstream.place('signed', ({ headers }, response) =>
      headers.authorization === good
        ? sendJson(response, 200, { id: `conv_${given}`, object: 'conversation', created_at: 1 })
        : sendJson(response, 401, { error: { message: 'The token has expired.', type: 'invalid_request_error' } }),
    );
    gateway = await startGateway({
      configFile: join(repositoryFolder, 'tests/support/signing-config/tollgate.config.ts'),
      apply: {
        models: pricedByTokens('m'),
        channels: [{ name: 'signed', provider: 'signing', config: { baseUrl, tokenUrl, apiKey: 'unused' }, models: ['m'] }],
        users: [alice],
        tokens: [openToken],
        settings: { health: { coolDownMs: 1, refusedCoolDownMs: 1, disableStatusCodes: [], disableKeywords: [] } },
      },
    });
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const make = async (): Promise<{ readonly status: number; readonly text: string }> => {
    const response = await fetch(`${gateway.url}/v1/conversations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${openToken.key}`, 'content-type': 'application/json' },
      body: '{}',
    });
    return { status: response.status, text: await response.text() };
  };

  it('tells the adapter that its token was refused, so that the next one has another', async () => {
    expect(await make()).toMatchObject({ status: 200 });
    good = 'token-2';
    const refused = await make();
    expect(refused.text).toContain('upstream_refused');
    expect(await make()).toMatchObject({ status: 200 });
    expect(given).toBe(2);
  });

  it('fails as the place does that hands out tokens, and not as an adapter with a fault', async () => {
    good = 'none';
    await make();
    tokenStatus = 401;
    const { text } = await make();
    expect(text).toContain('upstream_refused');
    expect(gateway.logs).not.toContain('An adapter failed');
  });
});
