import { type CanonicalRequest, type CodecContext, type JsonObject, operationOf, spliceTopLevel } from '@tollgate/plugin-kit';
import { withFetchedMedia } from './linked-media.js';
import { changeParameters, copiedForChange, hasRulesFor, instructionsFor } from './request-rules.js';
import type { RelayCall, Translation } from './relay-call.js';
import type { Route } from './route.js';

/**
 * The body of an attempt. In the pass lane it is the client's own bytes, with only the model's name and the demand for usage spliced in,
 * unless the channel has rules for its fields, the name says how the model shall think, or others have sealed parts of the history.
 * @throws BadRequestError if a request cannot be translated.
 */
export function upstreamBody(call: RelayCall, route: Route, translation: Translation): Buffer | string {
  const edits = route.lane === 'translate' ? {} : wantedEdits(call, route);
  const { options } = route.channel;
  const { parameters } = options;
  const isRuled = hasRulesFor(parameters, call.facts.model);
  const instructions = instructionsFor(options, route.spoken.dialect, call.facts.model);
  switch (route.lane) {
    case 'pass':
      if (isRuled || instructions !== undefined || route.thinking !== undefined || translation.sealsDropped || holdsForeignSeals(call)) {
        return editedBody(call, edits, route, translation);
      }
      return Object.keys(edits).length === 0 ? call.body : spliceTopLevel(call.body, call.spans, edits);
    case 'edit':
      return editedBody(call, edits, route, translation);
    case 'translate': {
      const { dialect } = route.spoken;
      const context = translation.context(route.model, 'request');
      const request = withFetchedMedia(translation.requestToSend(), translation.fetchedMedia, dialect.upstream);
      const body = dialect.upstream.encodeRequest(requestTo(route, request, context), context);
      if (instructions !== undefined) dialect.upstream.instruct?.(body, instructions);
      dialect.edits?.request?.(body, context);
      if (!isRuled) return JSON.stringify(body);
      // Parts of it belong to the request as it was decoded, of which other attempts make theirs.
      const ruled = copiedForChange(body, parameters);
      changeParameters(ruled, parameters, call.facts.model);
      return JSON.stringify(ruled);
    }
  }
}

/** Whoever names a way to think with the model means it: it counts more than another field. */
function requestTo({ model, thinking }: Route, request: CanonicalRequest, context: CodecContext): CanonicalRequest {
  if (thinking === undefined) return { ...request, model };
  const given = request.thinking;
  const isOther = (['mode', 'effort', 'budgetTokens'] as const).some((field) => given?.[field] !== thinking[field]);
  if (given !== undefined && isOther) {
    context.lose({ field: 'thinking', how: 'coerced', why: `The name ${request.model} says how to think.` });
  }
  return { ...request, model, thinking: { ...thinking, ...(given?.shown === undefined ? {} : { shown: given.shown }) } };
}

function editedBody(call: RelayCall, edits: Readonly<Record<string, string>>, route: Route, translation: Translation): string {
  const body = JSON.parse(call.body.toString()) as JsonObject;
  for (const [key, json] of Object.entries(edits)) body[key] = JSON.parse(json);
  const context = translation.context(route.model, 'request');
  const { foreignSeals } = call.dialect.client;
  if (translation.sealsDropped) foreignSeals?.removeAll?.(body, context);
  else if (holdsForeignSeals(call)) foreignSeals?.remove(body, context);
  const { model, thinking } = route;
  if (thinking !== undefined) route.spoken.dialect.upstream.thinkingInNames?.write(body, { model, thinking }, context);
  const { dialect } = route.spoken;
  const instructions = instructionsFor(route.channel.options, dialect, call.facts.model);
  if (instructions !== undefined) dialect.upstream.instruct?.(body, instructions);
  dialect.edits?.request?.(body, context, call.passHeaders);
  const { parameters } = route.channel.options;
  if (hasRulesFor(parameters, call.facts.model)) changeParameters(body, parameters, call.facts.model);
  return JSON.stringify(body);
}

/** True if the attempt could be made without the seals of the history. */
export function canDropSeals(call: RelayCall, { lane }: Route): boolean {
  const operation = operationOf(call.dialect);
  if (operation === 'embed' || operation === 'rerank') return false;
  return lane === 'translate' || call.dialect.client.foreignSeals?.removeAll !== undefined;
}

/** True if the history may come from answers of other vendors, sealed by them. */
function holdsForeignSeals({ body, dialect }: RelayCall): boolean {
  const mark = dialect.client.foreignSeals?.mark;
  return mark !== undefined && body.includes(mark);
}

function wantedEdits(call: RelayCall, route: Route): Record<string, string> {
  const { modelKey, usageOnDemand } = call.dialect.client;
  const edits: Record<string, string> = {};
  if (modelKey !== undefined && route.model !== call.facts.model) edits[modelKey] = JSON.stringify(route.model);
  if (call.facts.stream) Object.assign(edits, usageOnDemand?.edits(call.json));
  return edits;
}

/** True if usage was demanded on the caller's behalf: the frame that brings it must not reach the caller. */
export function hidesUsageFrame(call: RelayCall): boolean {
  return call.facts.stream && call.dialect.client.usageOnDemand?.edits(call.json) !== undefined;
}
