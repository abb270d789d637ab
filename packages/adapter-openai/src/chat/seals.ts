import { type Seal, unwrapSeal, wrapSeal } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import type { ReasoningDetail, SealCarrier } from './wire.js';

/** A thinking block's seal for a chat client that will send it back with the next request. */
export function sealDetail(seal: Seal, thinking: { readonly text?: string; readonly redacted?: boolean }, index: number): ReasoningDetail {
  if (thinking.redacted === true) return { type: 'reasoning.encrypted', data: wrapSeal(seal), index };
  return { type: 'reasoning.text', ...(thinking.text === undefined ? {} : { text: thinking.text }), signature: wrapSeal(seal), index };
}

/** The seal in a detail that a client sends back, if the gateway once put it there. */
export function readSealDetail(detail: unknown): { readonly seal: Seal; readonly text?: string; readonly redacted: boolean } | undefined {
  if (!isObject(detail)) return undefined;
  const redacted = typeof detail['data'] === 'string';
  const wrapped = redacted ? detail['data'] : detail['signature'];
  const unwrapped = typeof wrapped === 'string' ? unwrapSeal(wrapped) : undefined;
  if (unwrapped === undefined) return undefined;
  return { seal: unwrapped.seal, redacted, ...(typeof detail['text'] === 'string' ? { text: detail['text'] } : {}) };
}

/** A tool call's seal in the field that clients of compatible servers already return. */
export function sealContent(seal: Seal): SealCarrier {
  return { extra_content: { google: { thought_signature: wrapSeal(seal) } } };
}

/** The seal of a tool call that a client sends back; unwrapped ones come from clients that talked to the vendor itself. */
export function readSealContent(toolCall: Readonly<Record<string, unknown>>): Seal | undefined {
  const extra = toolCall['extra_content'];
  const google = isObject(extra) ? extra['google'] : undefined;
  const value = isObject(google) ? google['thought_signature'] : undefined;
  if (typeof value !== 'string' || value === '') return undefined;
  return unwrapSeal(value)?.seal ?? { vendor: 'google', value };
}
