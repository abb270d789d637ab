import { type JsonObject, UpstreamError, type Verdict, verdictForKind } from '@tollgate/plugin-kit';
import { estimateBodyTokens } from './estimate-tokens.js';
import type { RelayCall, Translation } from './relay-call.js';
import type { Route } from './route.js';
import type { UsageMeter } from './usage-meter.js';

/** What an unstreamed answer becomes for the client, or why it is none. */
export type WholeAnswer = { readonly contentType: string; readonly body: Buffer | string } | { readonly verdict: Verdict };

/** @throws whatever a codec throws on a body that is not what its dialect promises. */
export function wholeAnswer(
  call: RelayCall,
  route: Route,
  translation: Translation,
  meter: UsageMeter,
  contentType: string,
  bytes: Buffer,
): WholeAnswer {
  const { dialect } = route.spoken;
  const json = parsed(bytes);
  if (route.lane === 'pass') {
    readUsage(meter, json);
    return { contentType, body: bytes };
  }
  if (typeof json !== 'object' || json === null) {
    return { verdict: verdictForKind('server', 502, 'The upstream answered with something that is not JSON.', 'upstream_bad_answer') };
  }
  dialect.edits?.frame?.(json as JsonObject);
  if (route.lane === 'edit') {
    readUsage(meter, json);
    return { contentType, body: JSON.stringify(json) };
  }
  return translated(call, route, translation, meter, json);
}

function translated(call: RelayCall, route: Route, translation: Translation, meter: UsageMeter, json: object): WholeAnswer {
  const context = translation.context(route.model);
  try {
    const response = route.spoken.dialect.upstream.decodeResponse(json, context);
    readUsage(meter, json);
    const body = call.dialect.client.encodeResponse(response, translation.request(), context);
    return { contentType: 'application/json', body: JSON.stringify(body) };
  } catch (error) {
    if (UpstreamError.isInstance(error)) return { verdict: error.verdict };
    throw error;
  }
}

/** Where the body states no usage, its texts are counted. */
function readUsage(meter: UsageMeter, json: unknown): void {
  meter.read(json);
  if (!meter.stated) meter.tokens(estimateBodyTokens(json));
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
