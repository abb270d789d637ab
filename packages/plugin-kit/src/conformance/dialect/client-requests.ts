import type { CanonicalRequest, JsonObject } from '../../canonical.js';
import type { ClientSide, CodecContext, Dialect, RequestTarget } from '../../dialect.js';
import { insist } from '../insist.js';
import { deepFreeze, runPurely } from '../run-purely.js';
import { trialModel } from '../trial-context.js';

/** A dialect that clients speak, too. */
export type ServedDialect = Dialect & { readonly client: ClientSide };

export function isServed(dialect: Dialect): dialect is ServedDialect {
  return dialect.client !== undefined;
}

/** Where a client sends its request. @throws Error if the dialect has no path for it. */
export function targetOf({ client }: ServedDialect, stream: boolean): RequestTarget {
  const route = client.routes.find((known) => known.stream === undefined || known.stream === stream);
  insist(route !== undefined, `No route takes requests that are ${stream ? '' : 'not '}streamed.`);
  return { route, ...(route.path.includes('{model}') ? { pathModel: trialModel } : {}), query: new URLSearchParams() };
}

/** Reads a client's request as the gateway does. @throws BadRequestError */
export function readRequest(dialect: ServedDialect, body: JsonObject, stream: boolean, context: CodecContext): CanonicalRequest {
  deepFreeze(body);
  return runPurely(`${dialect.id}: client.decodeRequest`, () => {
    const facts = dialect.client.inspect(body, targetOf(dialect, stream));
    return dialect.client.decodeRequest(body, facts, context);
  });
}
