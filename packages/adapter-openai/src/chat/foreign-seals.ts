import { type CodecContext, foreignSealMark, type JsonObject } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { callSealFor, sealedDetails, standInFor } from './encode-thinking.js';
import { readDetail } from './reasoning-details.js';
import { readSealContent } from './seals.js';
import type { ReasoningDetail } from './wire.js';

/** Histories with seals that the gateway wrote, for upstreams of this very dialect. */
export const foreignSeals = {
  mark: foreignSealMark,

  /** A server of another vendor's model gets that vendor's seals in its own words; nobody else would know what to do with them. */
  remove(body: JsonObject, context: CodecContext): void {
    const { id: model } = context.model;
    let isLost = false;
    for (const message of messagesIn(body)) {
      replaceDetails(message, (detail, index) => {
        if (!isForeignDetail(detail)) return [detail];
        const restored = restoredDetails(detail, model, index);
        isLost ||= restored === undefined;
        return restored ?? [];
      });
      for (const call of callsIn(message)) {
        if (!isForeign(signatureOn(call))) continue;
        const seal = readSealContent(call);
        const restored = seal && callSealFor(seal, model);
        isLost ||= restored === undefined;
        delete call['extra_content'];
        Object.assign(call, restored);
      }
    }
    if (isLost) context.lose({ field: 'seal', how: 'dropped', why: 'Only the vendor that made it can read it.' });
  },

  removeAll(body: JsonObject, context: CodecContext): void {
    for (const message of messagesIn(body)) {
      replaceDetails(message, (detail) => (isSealed(detail) ? [] : [detail]));
      for (const call of callsIn(message)) {
        if (signatureOn(call) === undefined) continue;
        delete call['extra_content'];
        Object.assign(call, standInFor(context.model.id));
      }
    }
    context.lose({ field: 'seal', how: 'dropped', why: 'The upstream refused a seal: it gets the history without any.' });
  },
};

function messagesIn(body: JsonObject): readonly JsonObject[] {
  return Array.isArray(body['messages']) ? body['messages'].filter(isObject) : [];
}

function callsIn({ tool_calls: calls }: JsonObject): readonly JsonObject[] {
  return Array.isArray(calls) ? calls.filter(isObject) : [];
}

function replaceDetails(message: JsonObject, replacement: (detail: unknown, index: number) => readonly unknown[]): void {
  const { reasoning_details: details } = message;
  if (!Array.isArray(details)) return;
  const kept = details.flatMap(replacement);
  if (kept.length === 0) delete message['reasoning_details'];
  else message['reasoning_details'] = kept;
}

function restoredDetails(detail: unknown, model: string, index: number): readonly ReasoningDetail[] | undefined {
  const read = readDetail(detail);
  if (read?.seal === undefined || read.on !== undefined) return undefined;
  const redacted = read.redacted ? { redacted: true as const } : {};
  return sealedDetails({ type: 'thinking', text: read.text ?? '', seal: read.seal, ...redacted }, model, index);
}

function signatureOn(call: JsonObject): unknown {
  const extra = call['extra_content'];
  const google = isObject(extra) ? extra['google'] : undefined;
  return isObject(google) ? google['thought_signature'] : undefined;
}

function isForeignDetail(detail: unknown): boolean {
  return isObject(detail) && (isForeign(detail['data']) || isForeign(detail['signature']));
}

function isSealed(detail: unknown): boolean {
  return isObject(detail) && [detail['data'], detail['signature']].some((value) => typeof value === 'string' && value !== '');
}

function isForeign(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith(foreignSealMark);
}
