import type { ServerResponse } from 'node:http';
import { fixtureNamed } from '../../replay/fixtures.js';
import { listenLocally, readRequest, type RecordedRequest } from '../../replay/local-server.js';
import { frameEnds, wireResponseOf } from '../../replay/wire.js';
import type { ChannelEntry } from '../../support/apply-document.js';
import { upstreamKey } from '../../support/apply-document.js';

export const dialectIds = ['openai-chat', 'openai-responses', 'claude-messages', 'gemini'] as const;
export type DialectId = (typeof dialectIds)[number];

/** Recorded streams that are short, so that each of their events can be the last. */
const fixtures: Readonly<Record<DialectId, string>> = {
  'openai-chat': 'openai-chat/text.sse',
  'openai-responses': 'openai-responses/text.sse',
  'claude-messages': 'claude/text.sse',
  gemini: 'gemini/text.sse',
};

/** How each vendor says inside a stream that it failed, by its documents. */
const errorFrames: Readonly<Record<DialectId, string>> = {
  'openai-chat': 'data: {"error":{"message":"The server had an error.","type":"server_error","param":null,"code":"server_error"}}\n\n',
  'openai-responses':
    'event: error\ndata: {"type":"error","code":"server_error","message":"The server had an error.","param":null,"sequence_number":99}\n\n',
  'claude-messages': 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
  gemini: 'data: {"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}\r\n\r\n',
};

/**
 * What happens after so many events. `left`: the client leaves. The others are the upstream's doing: it breaks the connection, ends its
 * response in order, falls silent, says that it failed, or says so in one breath with what came before.
 */
export const happenings = ['left', 'cut', 'ended', 'silent', 'error', 'error-at-once'] as const;
export type Happening = (typeof happenings)[number];

/** The events of the recorded stream, as bytes. */
export function eventsOf(dialect: DialectId): readonly Buffer[] {
  const { body } = wireResponseOf(fixtureNamed(fixtures[dialect]));
  const ends = frameEnds(body);
  return ends.map((end, index) => body.subarray(ends[index - 1] ?? 0, end));
}

/** What the upstream is asked to do; it reads it from the name of the model. */
export interface Ending {
  readonly name: string;
  readonly upstream: DialectId;
  readonly happening: Happening;
  readonly events: number;
}

export interface BreakingUpstream {
  /** Resolves when all events of the call have left. */
  sent(name: string): Promise<void>;
  /** Lets it happen. */
  goOn(name: string): void;
  channel(upstream: DialectId, models: readonly string[]): ChannelEntry;
  close(): Promise<void>;
}

/** Plays each recorded stream up to an event, and then what the ending says. */
export async function startBreakingUpstream(endings: readonly Ending[]): Promise<BreakingUpstream> {
  const endingsByName = new Map(endings.map((ending) => [ending.name, ending]));
  const signals = new Map(endings.map(({ name }) => [name, { sent: signal(), goOn: signal() }]));
  const signalsOf = (name: string) => signals.get(name) ?? missing(name);
  const server = await listenLocally((request, response) => {
    void readRequest(request)
      .then((recorded) => {
        const ending = endingsByName.get(modelIn(recorded)) ?? missing(recorded.path);
        return play(ending, response, signalsOf(ending.name));
      })
      .catch((error: unknown) => response.destroy(error as Error));
  });
  return {
    sent: (name) => signalsOf(name).sent.given,
    goOn: (name) => signalsOf(name).goOn.give(),
    channel: (upstream, models) => ({ name: upstream, models, ...providerOf(upstream, server.url) }),
    close: () => server.close(),
  };
}

interface Signal {
  readonly given: Promise<void>;
  give(): void;
}

type Signals = Readonly<Record<'sent' | 'goOn', Signal>>;

function signal(): Signal {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

async function play({ upstream, happening, events }: Ending, response: ServerResponse, { sent, goOn }: Signals): Promise<void> {
  const all = eventsOf(upstream);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  const came = Buffer.concat(all.slice(0, events));
  if (happening === 'error-at-once') {
    response.end(Buffer.concat([came, Buffer.from(errorFrames[upstream])]));
    return;
  }
  if (events > 0) await new Promise((resolve) => response.write(came, resolve));
  sent.give();
  await goOn.given;
  switch (happening) {
    case 'left':
      response.end(Buffer.concat(all.slice(events)));
      break;
    case 'cut':
      response.socket?.end(() => response.destroy());
      break;
    case 'ended':
      response.end();
      break;
    case 'error':
      response.end(errorFrames[upstream]);
      break;
    case 'silent':
      break;
  }
}

function modelIn({ path, body }: RecordedRequest): string {
  const inPath = /\/models\/([^/:]+):/.exec(path)?.[1];
  return inPath ?? (JSON.parse(body.toString('utf8')) as { readonly model: string }).model;
}

function providerOf(upstream: DialectId, url: string): Pick<ChannelEntry, 'provider' | 'config'> {
  if (upstream === 'claude-messages') return { provider: 'claude', config: { baseUrl: url, apiKey: upstreamKey } };
  if (upstream === 'gemini') return { provider: 'gemini', config: { baseUrl: url, apiKey: upstreamKey } };
  return { provider: 'openai', config: { baseUrl: `${url}/v1`, apiKey: upstreamKey, dialects: [upstream] } };
}

function missing(name: string): never {
  throw new Error(`There is no ending ${name}.`);
}
