import { generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { RecordedRequest } from '../../replay/local-server.js';
import { plainAnswerIn } from '../plain-vendors.js';
import type { OwnPlace } from './own-places.js';
import { chatStream, streamIn } from './plain-streams.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const email = 'gateway@project-1.iam.gserviceaccount.com';
const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const region = 'europe-west4';

/** Gives tokens for signed statements, and answers whoever brings one of them. */
function vertexPlace(model: string, language: string, paths: Readonly<Record<string, boolean>>): OwnPlace {
  const tokens = new Set<string>();
  let place = '';
  return {
    provider: 'vertex',
    model,
    configAt(url) {
      place = url;
      const file = {
        type: 'service_account',
        project_id: 'project-1',
        private_key: privateKey,
        client_email: email,
        token_uri: `${url}/token`,
      };
      return { baseUrl: url, region, serviceAccount: JSON.stringify(file) };
    },
    languageFor: () => language,
    answer(request, response) {
      if (request.path.endsWith('/token')) {
        giveToken(request, response, tokens, `${place}/token`);
        return undefined;
      }
      const found = Object.entries(paths).find(([path]) => request.path.endsWith(`/v1/projects/project-1/locations/${region}${path}`));
      if (found === undefined) throw new Error(`Nothing is at ${request.path}.`);
      if (!tokens.has(request.headers.authorization ?? '')) throw new Error('Expected an OAuth 2 access token.');
      if (tokens.size > 1) throw new Error('One token would have been enough.');
      return answered(language, found[1], request, response);
    },
  };
}

function giveToken({ body }: RecordedRequest, response: ServerResponse, tokens: Set<string>, audience: string): void {
  const form = new URLSearchParams(body.toString());
  const [header = '', claims = '', signature = ''] = form.get('assertion')?.split('.') ?? [];
  const isSigned = verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'));
  const { iss, aud, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
  const isGood = isSigned && form.get('grant_type') === grantType && iss === email && aud === audience && Number(exp) > Date.now() / 1_000;
  if (!isGood) throw new Error('invalid_grant');
  const token = randomBytes(16).toString('hex');
  tokens.add(`Bearer ${token}`);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ access_token: token, expires_in: 3_599, token_type: 'Bearer' }));
}

function answered(
  language: string,
  isStreamed: boolean,
  request: RecordedRequest,
  response: ServerResponse,
): ReturnType<OwnPlace['answer']> {
  const body = JSON.parse(request.body.toString()) as Record<string, unknown>;
  if (language !== 'openai-chat' && body['model'] !== undefined) throw new Error('model: Extra inputs are not permitted');
  if (language === 'claude-messages' && body['anthropic_version'] !== 'vertex-2023-10-16')
    throw new Error('anthropic_version: Field required');
  const isStream = isStreamed || body['stream'] === true;
  response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
  if (!isStream) response.end(JSON.stringify(plainAnswerIn[language]));
  else response.end(language === 'openai-chat' ? chatStream(undefined) : streamIn[language]);
  return { dialect: language, body };
}

export const vertexGeminiPlace = vertexPlace('gemini-2.5-pro', 'gemini', {
  '/publishers/google/models/gemini-2.5-pro:generateContent': false,
  '/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse': true,
});
export const vertexClaudePlace = vertexPlace('claude-sonnet-4-5', 'claude-messages', {
  '/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict': false,
  '/publishers/anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict': true,
});
export const vertexOpenModelPlace = vertexPlace('meta/llama-4-maverick-17b-128e-instruct-maas', 'openai-chat', {
  '/endpoints/openapi/chat/completions': false,
});
