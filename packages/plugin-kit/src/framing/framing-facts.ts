import type { Framing } from '../dialect.js';

const contentTypes: Readonly<Record<Framing, string>> = {
  sse: 'text/event-stream; charset=utf-8',
  'json-array': 'application/json; charset=utf-8',
  'json-lines': 'application/x-ndjson; charset=utf-8',
};

/** The `content-type` of a response in this framing. */
export function contentTypeOf(framing: Framing): string {
  return contentTypes[framing];
}

/** What may be written between two frames so that nobody on the way takes the connection for dead; undefined where there is no such thing. */
export function keepAlive(framing: Framing): string | undefined {
  return framing === 'sse' ? ': keep-alive\n\n' : undefined;
}
