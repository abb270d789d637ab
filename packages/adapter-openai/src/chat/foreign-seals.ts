import { type CodecContext, foreignSealMark, type JsonObject } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';

/** Histories with seals that the gateway wrote, for upstreams of this very dialect: they would not know what to do with them. */
export const foreignSeals = {
  mark: foreignSealMark,
  remove(body: JsonObject, context: CodecContext): void {
    const messages = Array.isArray(body['messages']) ? body['messages'] : [];
    const found = messages.filter(isObject).map(removeFrom).includes(true);
    if (found) context.lose({ field: 'seal', how: 'dropped', why: 'Only the vendor that made it can read it.' });
  },
};

/** True if the message held any. */
function removeFrom(message: JsonObject): boolean {
  const { reasoning_details: details, tool_calls: calls } = message;
  const keptDetails = Array.isArray(details) ? details.filter((detail) => !isForeignDetail(detail)) : undefined;
  if (keptDetails?.length === 0) delete message['reasoning_details'];
  else if (keptDetails !== undefined) message['reasoning_details'] = keptDetails;
  const sealedCalls = Array.isArray(calls) ? calls.filter(isObject).filter(holdsForeignSeal) : [];
  for (const call of sealedCalls) delete call['extra_content'];
  return sealedCalls.length > 0 || (Array.isArray(details) && keptDetails?.length !== details.length);
}

function isForeignDetail(detail: unknown): boolean {
  return isObject(detail) && (isForeign(detail['data']) || isForeign(detail['signature']));
}

function holdsForeignSeal(call: JsonObject): boolean {
  const extra = call['extra_content'];
  const google = isObject(extra) ? extra['google'] : undefined;
  return isObject(google) && isForeign(google['thought_signature']);
}

function isForeign(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith(foreignSealMark);
}
