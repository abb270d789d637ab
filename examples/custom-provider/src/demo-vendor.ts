import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerTo, type DemoAnswer } from './demo-answer.js';
import { type DemoRequest, demoRequest } from './demo-request.js';
import { chunksOf, completionOf } from './demo-wire.js';

/** A vendor in a box: no part of what a plugin has to write. */
export interface DemoVendor {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a vendor on a free port of this machine. It gives the same answer to the same request, always. */
export async function startDemoVendor(): Promise<DemoVendor> {
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // A command that only reads the configuration ends without closing its plugins.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: async () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  await closed;
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const key = request.headers['x-demo-key'];
  if (typeof key !== 'string' || !key.startsWith('demo-')) return refuse(response, 'wrong_key', 'The key is not one of ours.');
  if (request.method === 'GET' && request.url === '/models') return send(response, 200, { items: [{ name: 'demo-chat', context: 8_192 }] });
  if (request.method !== 'POST' || request.url !== '/chat') return refuse(response, 'unknown_path', 'There is nothing here.');
  const parsed = demoRequest.safeParse(parseJson(body.toString()));
  if (!parsed.success)
    return refuse(response, 'bad_request', `${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`);
  if (!parsed.data.model.startsWith('demo-')) return refuse(response, 'unknown_model', `There is no model ${parsed.data.model}.`);
  const answer = answerTo(parsed.data, body);
  if (parsed.data.stream !== true) return send(response, 200, completionOf(answer, parsed.data.model));
  await stream(response, parsed.data, answer, Number(request.headers['x-demo-pause-ms'] ?? 0));
}

async function stream(response: ServerResponse, request: DemoRequest, answer: DemoAnswer, pauseMs: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  await pipeline(Readable.from(eventsOf(request, answer, pauseMs)), response);
}

async function* eventsOf(request: DemoRequest, answer: DemoAnswer, pauseMs: number): AsyncGenerator<string> {
  for (const chunk of chunksOf(answer, request.model, request.stream_options?.include_usage === true)) {
    if (pauseMs > 0) await sleep(pauseMs);
    yield `data: ${JSON.stringify(chunk)}\n\n`;
  }
  yield 'data: [DONE]\n\n';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, reason: string, text: string): void {
  send(response, 400, { problem: { reason, text } });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
