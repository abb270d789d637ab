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
import { withThinkingAsText } from './thinking-as-text.js';
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
  if (route.lane !== 'pass') {
    if (typeof json !== 'object' || json === null) {
      return { verdict: verdictForKind('server', 502, 'The upstream answered with something that is not JSON.', 'upstream_bad_answer') };
    }
    dialect.edits?.frame?.(json as JsonObject);
  }
  // First of all: an answer that fails may have used something all the same.
  meter.read(json);
  try {
    if (route.lane === 'translate') return translated(call, route, translation, meter, json);
    checkPassed(meter, dialect, json, () => dialect.upstream.decodeResponse(json, translation.context(route.model, 'none')));
  } catch (error) {
    if (UpstreamError.isInstance(error)) return { verdict: error.verdict };
    throw error;
  }
  kept?.read(json);
  return { contentType, body: route.lane === 'pass' ? bytes : JSON.stringify(json) };
}

function translated(call: RelayCall, route: Route, translation: Translation, meter: UsageMeter, json: unknown): WholeAnswer {
  const context = translation.context(route.model, 'answer');
  const response = route.spoken.dialect.upstream.decodeResponse(json, context);
  countTexts(meter, route.spoken.dialect, () => response);
  const shown = route.thinkingAsText ? withThinkingAsText(response, context.lose) : response;
  const body = call.dialect.client.encodeResponse(shown, translation.request(), context);
  return { contentType: 'application/json', body: JSON.stringify(body) };
}

/** Where the body states no usage, the texts of the answer are counted; what is not generated has none. */
function countTexts(meter: UsageMeter, dialect: Dialect, answerOf: () => CanonicalResponse): void {
  const operation = operationOf(dialect);
  if ((meter.statements > 0 && !meter.suspicious) || operation === 'passed') return;
  const answer = answerOf();
  if (operation !== 'generate') return;
  for (const block of answer.blocks) {
    if (block.type === 'text' || block.type === 'thinking') meter.text(block.text);
    if (block.type !== 'tool-call') continue;
    meter.toolCall(block.name);
    meter.text(block.arguments);
  }
}

/**
 * Bytes that pass need not be understood: an answer that cannot be decoded is passed on all the same.
 * @throws UpstreamError for an error in the clothes of a success.
 */
function checkPassed(meter: UsageMeter, dialect: Dialect, json: unknown, answerOf: () => CanonicalResponse): void {
  try {
    countTexts(meter, dialect, answerOf);
  } catch (error) {
    if (UpstreamError.isInstance(error)) throw error;
    meter.undecoded(json);
  }
  const said = dialect.end?.read(json);
  if (said !== undefined && said !== 'whole') throw new UpstreamError(said);
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
