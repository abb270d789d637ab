import {
  type CanonicalResponse,
  type Dialect,
  type JsonObject,
  operationOf,
  UpstreamError,
  type Verdict,
  verdictForKind,
} from '@tollgate/plugin-kit';
import type { KeptFinder } from './kept-finder.js';
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
  kept: KeptFinder | undefined,
  contentType: string,
  bytes: Buffer,
): WholeAnswer {
  const { dialect } = route.spoken;
  const json = parsed(bytes);
  const answerOf = (): CanonicalResponse => dialect.upstream.decodeResponse(json, translation.context(route.model, 'none'));
  if (route.lane === 'pass') {
    kept?.read(json);
    readPassedUsage(meter, dialect, json, answerOf);
    return { contentType, body: bytes };
  }
  if (typeof json !== 'object' || json === null) {
    return { verdict: verdictForKind('server', 502, 'The upstream answered with something that is not JSON.', 'upstream_bad_answer') };
  }
  dialect.edits?.frame?.(json as JsonObject);
  if (route.lane === 'edit') {
    kept?.read(json);
    readPassedUsage(meter, dialect, json, answerOf);
    return { contentType, body: JSON.stringify(json) };
  }
  return translated(call, route, translation, meter, json);
}

function translated(call: RelayCall, route: Route, translation: Translation, meter: UsageMeter, json: object): WholeAnswer {
  const context = translation.context(route.model, 'answer');
  try {
    const response = route.spoken.dialect.upstream.decodeResponse(json, context);
    readUsage(meter, route.spoken.dialect, json, () => response);
    const body = call.dialect.client.encodeResponse(response, translation.request(), context);
    return { contentType: 'application/json', body: JSON.stringify(body) };
  } catch (error) {
    if (UpstreamError.isInstance(error)) return { verdict: error.verdict };
    throw error;
  }
}

/** Where the body states no usage, the texts of the answer are counted; what is not generated has none. */
function readUsage(meter: UsageMeter, dialect: Dialect, json: unknown, answerOf: () => CanonicalResponse): void {
  meter.read(json);
  if ((meter.statements > 0 && !meter.suspicious) || operationOf(dialect) !== 'generate') return;
  for (const block of answerOf().blocks) {
    if (block.type === 'text' || block.type === 'thinking') meter.text(block.text);
    if (block.type !== 'tool-call') continue;
    meter.toolCall(block.name);
    meter.text(block.arguments);
  }
}

/** Bytes that pass need not be understood: an answer that cannot be decoded is passed on all the same. */
function readPassedUsage(meter: UsageMeter, dialect: Dialect, json: unknown, answerOf: () => CanonicalResponse): void {
  try {
    readUsage(meter, dialect, json, answerOf);
  } catch {
    meter.undecoded(json);
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
