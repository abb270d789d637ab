import type { Fixture } from './fixtures.js';

/** One response of a fixture as it goes over the wire. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Rebuilds the response; `index` picks one of several that a recorder wrote into one file. */
export function wireResponseOf(fixture: Fixture, index = 0): WireResponse {
  return {
    status: fixture.status,
    headers: { 'content-type': contentTypeOf(fixture), ...fixture.responseHeaders },
    body: fixture.format === 'jsonl-chunks' ? streamOf(fixture.dialect, eventsOf(fixture)[index] ?? []) : fixture.content,
  };
}

function contentTypeOf(fixture: Fixture): string {
  return fixture.format === 'sse-raw' || fixture.format === 'jsonl-chunks' ? 'text/event-stream' : 'application/json';
}

/** The JSON lines of each response in the file. */
function eventsOf(fixture: Fixture): readonly (readonly string[])[] {
  const lines = fixture.content
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  // Upstreams that start a message twice are one broken response on purpose.
  if (fixture.responses === 1 || fixture.tags.includes('broken')) return [lines];
  const responses: string[][] = [];
  for (const line of lines) {
    const { type } = JSON.parse(line) as { readonly type?: string };
    if (type === 'message_start' || type === 'response.created' || responses.length === 0) responses.push([]);
    responses.at(-1)?.push(line);
  }
  return responses;
}

function streamOf(dialect: string, lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.map((line) => frameOf(dialect, line)).join('')}${endsInDone(dialect) ? 'data: [DONE]\n\n' : ''}`);
}

/** Streams without names for their events. */
function endsInDone(dialect: string): boolean {
  return dialect === 'openai-chat' || dialect === 'openai-completions';
}

function frameOf(dialect: string, line: string): string {
  if (dialect === 'gemini') return `data: ${line}\r\n\r\n`;
  if (endsInDone(dialect)) return `data: ${line}\n\n`;
  const { type } = JSON.parse(line) as { readonly type?: string };
  return `event: ${type ?? ''}\ndata: ${line}\n\n`;
}

/** Offsets just after each frame of a stream, the end included. */
export function frameEnds(body: Buffer): readonly number[] {
  const ends: number[] = [];
  for (const match of body.toString('latin1').matchAll(/\r?\n\r?\n|\r\r/g)) ends.push(match.index + match[0].length);
  if (ends.at(-1) !== body.length) ends.push(body.length);
  return ends;
}
