import { type Seal, unwrapSeal, wrapPlacedSeal, wrapSeal } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import type { ReasoningDetail, SealCarrier } from './wire.js';

/**
 * A thinking block's seal for a chat client that will send it back with the next request. The words are in it, so that they come back
 * together whatever the client makes of the plain text beside it.
 */
export function sealDetail(seal: Seal, thinking: { readonly text: string; readonly redacted?: boolean }, index: number): ReasoningDetail {
  if (thinking.redacted === true) return { type: 'reasoning.encrypted', data: wrapSeal(seal), index };
  return { type: 'reasoning.text', text: thinking.text, signature: wrapSeal(seal), index };
}

/** The seal of a text: clients send details back unread. */
export function sealDetailOfText(seal: Seal, index: number): ReasoningDetail {
  return { type: 'reasoning.encrypted', data: wrapPlacedSeal(seal, 'text'), index };
}

/** A tool call's seal in the field that clients of compatible servers already return. */
export function sealContent(seal: Seal): SealCarrier {
  return { extra_content: { google: { thought_signature: wrapSeal(seal) } } };
}

/** The seal of a tool call that an upstream made or a client sends back; unwrapped ones come from the vendor itself. */
export function readSealContent(toolCall: Readonly<Record<string, unknown>>): Seal | undefined {
  const extra = toolCall['extra_content'];
  const google = isObject(extra) ? extra['google'] : undefined;
  const value = isObject(google) ? google['thought_signature'] : undefined;
  if (typeof value !== 'string' || value === '') return undefined;
  return unwrapSeal(value)?.seal ?? { vendor: 'google', value };
}
