import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** Ids and seals are random, so that nothing can be right by chance. */
export function randomId(prefix: string): string {
  return `${prefix}${randomBytes(12).toString('hex')}`;
}

export function randomSeal(): string {
  return randomBytes(180).toString('base64');
}

export function beginStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
}

/** An event with its name, as Claude and Responses write it. */
export function writeEvent(response: ServerResponse, type: string, data: object): void {
  response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
}

export function writeData(response: ServerResponse, data: object, lineEnd = '\n'): void {
  response.write(`data: ${JSON.stringify(data)}${lineEnd}${lineEnd}`);
}

/** In pieces of uneven length, as models write. */
export function piecesOf(text: string): readonly string[] {
  return text.match(/[\s\S]{1,11}/g) ?? [];
}
