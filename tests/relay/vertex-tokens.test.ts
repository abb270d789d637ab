import { generateKeyPairSync } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenLocally, type LocalServer, readRequest, type RecordedRequest } from '../replay/local-server.js';
import { alice, type ChannelEntry, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { repositoryFolder } from '../support/repository.js';
import { plainAnswerIn } from './plain-vendors.js';
import { rawCall } from './raw-call.js';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const model = 'gemini-2.5-pro';
const refusal = { error: { code: 401, message: 'Request had invalid authentication credentials.', status: 'UNAUTHENTICATED' } };

describe('a token that the vendor has taken back', () => {
  let place: LocalServer;
  let gateway: TestGateway;
  let given = 0;
  const tried: (string | undefined)[] = [];

  function answer({ path, headers }: RecordedRequest, response: ServerResponse): ServerResponse {
    response.setHeader('content-type', 'application/json');
    if (path === '/token') {
      given += 1;
      return response.end(JSON.stringify({ access_token: `token-${given}`, expires_in: 3_599 }));
    }
    tried.push(headers.authorization);
    // The first token is good for nothing.
    const isGood = headers.authorization === 'Bearer token-2';
    response.statusCode = isGood ? 200 : 401;
    return response.end(JSON.stringify(isGood ? plainAnswerIn['gemini'] : refusal));
  }

  beforeAll(async () => {
    place = await listenLocally((request, response) => {
      void readRequest(request).then((recorded) => answer(recorded, response));
    });
    const account = { client_email: 'a@p.example', project_id: 'p', private_key: privateKey, token_uri: `${place.url}/token` };
    const channels: ChannelEntry[] = [2, 1].map((priority) => ({
      name: `vertex-${priority}`,
      provider: 'vertex',
      config: { baseUrl: place.url, serviceAccount: JSON.stringify(account) },
      models: [model],
      priority,
    }));
    gateway = await startGateway({
      configFile: join(repositoryFolder, 'tests/support/preset-config/tollgate.config.ts'),
      apply: { models: pricedByTokens(model), channels, users: [alice], tokens: [openToken] },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await place?.close();
  });

  it('is not used again: the next try of the same account brings another', async () => {
    const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] });
    const answer = await rawCall({ url: gateway.url, key: openToken.key, dialect: 'gemini', model, stream: false, body });
    expect(answer.status).toBe(200);
    expect(tried).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(given).toBe(2);
    await gateway.expectCleanLedger();
  });
});
