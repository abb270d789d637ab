import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { listenLocally, readRequest, type RecordedRequest } from './local-server.js';

/** What a scripted place does with a request. */
export type Behaviour = (request: RecordedRequest, response: ServerResponse) => Promise<void> | void;

/** A stand-in for vendors of the openai-chat dialect that does what a test tells it: one place per behaviour. */
export interface ScriptedUpstream {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Requests that the named place got. */
  requestsTo(place: string): readonly RecordedRequest[];
  /** Bytes of answers that have left for the place's callers, or wait in the socket. */
  bytesSentTo(place: string): number;
  /** Responses that are not finished yet. */
  openResponses(): number;
  /** Sets what the place does and gives its base URL. */
  place(name: string, behaviour: Behaviour): string;
  close(): Promise<void>;
}

export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const requests: RecordedRequest[] = [];
  const behaviours = new Map<string, Behaviour>();
  const open = new Set<ServerResponse>();
  const sockets = new Map<string, Set<Socket>>();
  const upstream = await listenLocally((request, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
    void readRequest(request)
      .then((recorded) => {
        requests.push(recorded);
        const place = placeOf(recorded);
        sockets.set(place, (sockets.get(place) ?? new Set()).add(request.socket));
        return behaviours.get(place)?.(recorded, response);
      })
      .catch((error: unknown) => response.destroy(error as Error));
  });
  return {
    url: upstream.url,
    requests,
    requestsTo: (place) => requests.filter((request) => placeOf(request) === place),
    bytesSentTo: (place) => [...(sockets.get(place) ?? [])].reduce((sum, socket) => sum + socket.bytesWritten, 0),
    openResponses: () => open.size,
    place: (name, behaviour) => {
      behaviours.set(name, behaviour);
      return `${upstream.url}/${name}/v1`;
    },
    close: () => upstream.close(),
  };
}

function placeOf(request: RecordedRequest): string {
  return request.path.split('/')[1] ?? '';
}

export interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens: number };
}

interface ChatAnswer {
  readonly text?: string;
  /** Left out of the answer if undefined. */
  readonly usage?: ChatUsage;
  /** Before the first byte. */
  readonly delayMs?: number;
  /** Streams come in so many chunks of the text. */
  readonly chunks?: number;
  readonly chunkDelayMs?: number;
}

/** Answers well: as a stream if the request asks for one. */
export function answers({ text = 'ok', usage, delayMs = 0, chunks = 1, chunkDelayMs = 0 }: ChatAnswer = {}): Behaviour {
  return async (request, response) => {
    if (delayMs > 0) await wait(delayMs);
    const { stream } = JSON.parse(request.body.toString('utf8')) as { readonly stream?: boolean };
    if (stream !== true) {
      sendJson(response, 200, unaryAnswer(text, usage));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    for (let index = 0; index < chunks && !response.destroyed; index += 1) {
      if (chunkDelayMs > 0) await wait(chunkDelayMs);
      response.write(chatFrame({ ...(index === 0 ? { role: 'assistant' } : {}), content: text }));
    }
    response.end(`${chatFrame({}, 'stop')}${usage === undefined ? '' : usageFrame(usage)}data: [DONE]\n\n`);
  };
}

/** Refuses with the status and, if none is given, an error body as vendors write it. */
export function refuses(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return (_request, response) =>
    sendJson(
      response,
      status,
      body ?? { error: { message: `Scripted ${status}.`, type: 'scripted_error', param: null, code: 'scripted' } },
      headers,
    );
}

/** Breaks the connection: at once, or after so many chunks of a stream. */
export function breaksOff({ afterChunks = 0 } = {}): Behaviour {
  return async (_request, response) => {
    if (afterChunks > 0) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (let index = 0; index < afterChunks; index += 1) response.write(chatFrame({ content: 'cut ' }));
      await wait(20);
    }
    response.socket?.destroy();
  };
}

/** Takes the request and never answers. */
export const staysSilent: Behaviour = () => undefined;

/** Streams until the other side leaves; the text of one chunk has `chunkBytes` characters. */
export function streamsForever({ chunkDelayMs = 0, chunkBytes = 8 } = {}): Behaviour {
  return async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const frame = chatFrame({ content: 'x'.repeat(chunkBytes) });
    const left = once(response, 'close');
    while (!response.destroyed) {
      const room = response.write(frame);
      if (chunkDelayMs > 0) await wait(chunkDelayMs);
      else if (!room) await Promise.race([once(response, 'drain'), left]);
    }
  };
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const envelope = { id: 'chatcmpl-scripted', created: 1_700_000_000, model: 'scripted-model' };

function unaryAnswer(content: string, usage: ChatUsage | undefined): object {
  const choice = { index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' };
  return { ...envelope, object: 'chat.completion', choices: [choice], ...(usage && { usage: withTotal(usage) }) };
}

export function chatFrame(delta: object, finishReason: string | null = null): string {
  const chunk = { ...envelope, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finishReason }], usage: null };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

function usageFrame(usage: ChatUsage): string {
  return `data: ${JSON.stringify({ ...envelope, object: 'chat.completion.chunk', choices: [], usage: withTotal(usage) })}\n\n`;
}

function withTotal(usage: ChatUsage): object {
  return { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens };
}
