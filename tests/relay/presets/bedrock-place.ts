import { createHash, createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { RecordedRequest } from '../../replay/local-server.js';
import { plainAnswerIn } from '../plain-vendors.js';
import type { OwnPlace } from './own-places.js';
import { chatStream, claudeEvents } from './plain-streams.js';

const accessKeyId = 'AKIDUPSTREAM';
const secretAccessKey = 'upstream-secret-access-key';
/** Whom the place knows. */
export const bedrockKey = { accessKeyId, secretAccessKey };
const apiKey = 'bedrock-api-key-upstream';
export const region = 'eu-central-1';
const path = '/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke';

/** Claude with signed requests, whose streams are binary. */
export const bedrockPlace: OwnPlace = {
  provider: 'bedrock',
  model: 'claude-sonnet-4-5',
  configAt: (baseUrl) => ({ baseUrl, region, inferenceProfile: 'eu', accessKeyId, secretAccessKey }),
  languageFor: () => 'claude-messages',
  answer(request, response) {
    checkSignature(request, 'bedrock');
    return invoked(request, response);
  },
};

/** The same by one of Bedrock's own keys. */
export const bedrockKeyPlace: OwnPlace = {
  ...bedrockPlace,
  configAt: (baseUrl) => ({ baseUrl, region, inferenceProfile: 'eu', apiKey }),
  answer(request, response) {
    if (request.headers.authorization !== `Bearer ${apiKey}`) throw new Error('The key is wrong.');
    return invoked(request, response);
  },
};

/** A model of another maker. */
export const bedrockChatPlace: OwnPlace = {
  ...bedrockPlace,
  model: 'openai.gpt-oss-120b',
  languageFor: () => 'openai-chat',
  answer(request, response) {
    checkSignature(request, 'bedrock-mantle');
    if (!request.path.endsWith('/v1/chat/completions')) throw new Error(`Nothing is at ${request.path}.`);
    const body = JSON.parse(request.body.toString()) as Record<string, unknown>;
    const stream = body['stream'] === true;
    response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' });
    response.end(stream ? chatStream(undefined) : JSON.stringify(plainAnswerIn['openai-chat']));
    return { dialect: 'openai-chat', body };
  },
};

const novaPath = '/model/us.amazon.nova-lite-v1%3A0/converse';
const novaUsage = { inputTokens: 5, outputTokens: 1, totalTokens: 6 };

/** A model that only Converse reaches: particular about what it is sent, and without a name in its answers. */
export const bedrockConversePlace: OwnPlace = {
  ...bedrockPlace,
  model: 'us.amazon.nova-lite-v1:0',
  languageFor: () => 'bedrock-converse',
  answer(request, response) {
    checkSignature(request, 'bedrock');
    const isStream = request.path.endsWith(`${novaPath}-stream`);
    if (!isStream && !request.path.endsWith(novaPath)) throw new Error(`Nothing is at ${request.path}.`);
    const body = JSON.parse(request.body.toString()) as Record<string, unknown>;
    checkConversation(body);
    response.writeHead(200, { 'content-type': isStream ? 'application/vnd.amazon.eventstream' : 'application/json' });
    const whole = { output: { message: { role: 'assistant', content: [{ text: 'ok' }] } }, stopReason: 'end_turn', usage: novaUsage };
    response.end(isStream ? Buffer.concat(novaEvents.map(([type, payload]) => eventOf(type, payload))) : JSON.stringify(whole));
    return { dialect: 'bedrock-converse', body };
  },
};

const novaEvents: readonly (readonly [string, object])[] = [
  ['messageStart', { role: 'assistant' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'o' } }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'k' } }],
  ['contentBlockStop', { contentBlockIndex: 0 }],
  ['messageStop', { stopReason: 'end_turn' }],
  ['metadata', { metrics: { latencyMs: 1 }, usage: novaUsage }],
];

const converseFields = new Set(['messages', 'system', 'inferenceConfig', 'toolConfig', 'additionalModelRequestFields']);

type ConverseBlock = Readonly<Partial<Record<'text' | 'reasoningContent' | 'toolUse' | 'toolResult', { readonly toolUseId?: string }>>>;

/** @throws Error for what the service's validation refuses. */
function checkConversation(body: Record<string, unknown>): void {
  const unknown = Object.keys(body).find((field) => !converseFields.has(field));
  if (unknown !== undefined) throw new Error(`Unknown member ${unknown}.`);
  const messages = body['messages'] as readonly { readonly role: string; readonly content: readonly ConverseBlock[] }[];
  const roles = messages.map(({ role }) => role);
  if (roles.join() !== 'user,assistant,user') throw new Error(`Roles must alternate and begin with the user: ${roles.join()}`);
  const blocks = messages.flatMap(({ content }) => content);
  if (blocks.some((block) => Object.keys(block).length !== 1)) throw new Error('A block of a union has one member.');
  const tools = blocks.flatMap(({ toolUse, toolResult }) => [toolUse ?? toolResult]).filter((tool) => tool !== undefined);
  if (!tools.every(({ toolUseId = '' }) => /^[\w-]{1,64}$/.test(toolUseId))) throw new Error('A toolUseId is no such id.');
  if (blocks.some((block) => 'toolResult' in block) && body['toolConfig'] === undefined)
    throw new Error('The toolConfig field must be defined.');
  // Lite thinks not at all.
  if (body['additionalModelRequestFields'] !== undefined) throw new Error('extraneous key is not permitted');
}

const invoked: OwnPlace['answer'] = (request, response) => {
  const isStream = request.path.endsWith(`${path}-with-response-stream`);
  if (!isStream && !request.path.endsWith(path)) throw new Error(`Nothing is at ${request.path}.`);
  const body = JSON.parse(request.body.toString()) as Record<string, unknown>;
  const extraneous = ['model', 'stream'].find((field) => field in body);
  if (extraneous !== undefined) throw new Error(`extraneous key [${extraneous}] is not permitted`);
  if (body['anthropic_version'] !== 'bedrock-2023-05-31') throw new Error('anthropic_version: Field required');
  response.writeHead(200, { 'content-type': isStream ? 'application/vnd.amazon.eventstream' : 'application/json' });
  response.end(isStream ? Buffer.concat(claudeEvents.map(chunk)) : JSON.stringify(plainAnswerIn['claude-messages']));
  return { dialect: 'claude-messages', body };
};

function chunk(event: object): Buffer {
  const bytes = Buffer.from(JSON.stringify(event)).toString('base64');
  return eventOf('chunk', { bytes });
}

function eventOf(type: string, payload: object): Buffer {
  return message({ ':event-type': type, ':message-type': 'event' }, JSON.stringify({ ...payload, p: 'abcdefgh' }));
}

function message(headers: Readonly<Record<string, string>>, payload: string): Buffer {
  const parts = Object.entries(headers).flatMap(([name, value]) => [
    Buffer.from([name.length]),
    Buffer.from(name),
    Buffer.from([7, 0, value.length]),
    Buffer.from(value),
  ]);
  const head = Buffer.concat(parts);
  const body = Buffer.from(payload);
  const prelude = Buffer.concat([int32(16 + head.length + body.length), int32(head.length)]);
  const checked = Buffer.concat([prelude, int32(crc32(prelude)), head, body]);
  return Buffer.concat([checked, int32(crc32(checked))]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** As the vendor does it: from what arrived, and the secret that it knows. @throws Error if the signature is another one. */
export function checkSignature({ method, path: asked, headers, body }: RecordedRequest, service: string): void {
  const form = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=(\w+)$/;
  const [, credential = '', signedHeaders = '', signature] = form.exec(headers.authorization ?? '') ?? [];
  const time = String(headers['x-amz-date']);
  const age = Date.now() - Date.parse(time.replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:'));
  if (!(Math.abs(age) < 300_000)) throw new Error('The signature has expired.');
  const day = time.slice(0, 8);
  if (credential !== `${accessKeyId}/${day}/${region}/${service}/aws4_request`) throw new Error(`The scope is wrong: ${credential}`);
  const needed = body.length === 0 ? ['host', 'x-amz-date'] : ['content-type', 'host', 'x-amz-date'];
  if (!needed.every((name) => signedHeaders.split(';').includes(name))) throw new Error('Headers are not signed.');
  const lines = signedHeaders.split(';').map((name) => `${name}:${String(headers[name])}\n`);
  const [uri = '', query = ''] = asked.split('?');
  const sorted = query.split('&').sort().join('&');
  const canonical = `${method}\n${uri.replaceAll('%', '%25')}\n${sorted}\n${lines.join('')}\n${signedHeaders}\n${createHash('sha256').update(body).digest('hex')}`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  let key = Buffer.from(`AWS4${secretAccessKey}`);
  for (const part of [day, region, service, 'aws4_request']) key = createHmac('sha256', key).update(part).digest();
  const text = `AWS4-HMAC-SHA256\n${time}\n${day}/${region}/${service}/aws4_request\n${digest}`;
  if (createHmac('sha256', key).update(text).digest('hex') !== signature) throw new Error('The signature does not match.');
}
