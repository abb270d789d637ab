import type { Block, CodecContext, Seal, ThinkingBlock, ToolCallBlock } from '@tollgate/plugin-kit';
import { isOwnModel, makerOf } from '../model-families.js';
import { formatByVendor, isResold, resoldDetail } from './reasoning-details.js';
import type { ReasoningDetail, ReasoningFields, SealCarrier } from './wire.js';

/** Google's own stand-in for the signature of a call that another model made; the service refuses a conversation with unsigned calls. */
const signatureStandIn = 'skip_thought_signature_validator';

/**
 * Thinking for a message of the assistant. What is sealed goes back in details to where its vendor's model is served, with the words that
 * the seal vouches for; the rest is plain text, which the vendor's own chat models refuse.
 */
export function encodeThinking(blocks: readonly Block[], model: string, context: CodecContext): ReasoningFields {
  const details: ReasoningDetail[] = [];
  let plain = '';
  let isDropped = false;
  for (const block of blocks) {
    if (block.type === 'tool-call' && isInDetails(block, model)) details.push(...callDetail(block, details.length));
    if (block.type !== 'thinking') continue;
    const sealed = sealedDetails(block, model, details.length);
    if (sealed !== undefined) details.push(...sealed);
    else if (isOwnModel(model)) isDropped = true;
    else {
      if (block.seal !== undefined) loseSeal(block.seal, context);
      plain += block.text;
    }
  }
  if (isDropped) context.lose({ field: 'thinking block', how: 'dropped', why: `${model} takes no thinking in messages.` });
  return {
    ...(plain === '' ? {} : { reasoning_content: plain }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  };
}

/** The details that say the block to `model`; undefined if its seal is for another, or it has none. */
export function sealedDetails({ seal, text, redacted }: ThinkingBlock, model: string, index: number): ReasoningDetail[] | undefined {
  if (seal === undefined || !isServed(seal, model)) return undefined;
  if (isResold(seal)) return resoldDetails(seal, text);
  const format = formatByVendor.get(seal.vendor);
  if (format === undefined) return undefined;
  if (redacted === true) return [{ type: 'reasoning.encrypted', data: seal.value, format, index }];
  if (seal.vendor === 'anthropic') return [{ type: 'reasoning.text', text, signature: seal.value, format, index }];
  return [
    { type: 'reasoning.text', text, format, index },
    { type: 'reasoning.encrypted', data: seal.value, format, index: index + 1 },
  ];
}

/** The element that the reseller gave, with the words that stood beside it. */
function resoldDetails(seal: Seal, text: string): ReasoningDetail[] | undefined {
  const detail = resoldDetail(seal);
  if (detail === undefined) return undefined;
  if (detail.type === 'reasoning.text') return [{ ...detail, text }];
  if (text === '') return [detail];
  const { format, index } = detail;
  const counted = { ...(format === undefined ? {} : { format }), ...(index === undefined ? {} : { index }) };
  return [{ type: 'reasoning.summary', summary: text, ...counted }, detail];
}

/** Who can read the seal is told by the name of the model: a reseller's names begin with the maker, as do the names of its formats. */
function isServed(seal: Seal, model: string): boolean {
  if (seal.vendor === 'anthropic') return model.includes('claude');
  if (seal.vendor === 'google') return model.includes('gemini') && makerOf(model) !== undefined;
  const maker = makerOf(model);
  return maker !== undefined && isResold(seal) && seal.vendor.startsWith(`${maker}-`);
}

/** Resellers want the seal of a call among the details, by the call's id; Google's own service wants it on the call. */
function isInDetails(call: ToolCallBlock, model: string): boolean {
  return call.seal?.vendor === 'google' && isServed(call.seal, model);
}

function callDetail({ id, seal }: ToolCallBlock, index: number): ReasoningDetail[] {
  const format = seal === undefined ? undefined : formatByVendor.get(seal.vendor);
  return seal === undefined || format === undefined ? [] : [{ type: 'reasoning.encrypted', data: seal.value, id, format, index }];
}

/** The seal of a call, where the call itself carries it. @param isFirst the first call of a message vouches for all of them. */
export function encodeCallSeal(call: ToolCallBlock, isFirst: boolean, model: string, context: CodecContext): SealCarrier {
  const { seal } = call;
  const isAtGoogle = /^(?:models\/)?gemini-/.test(model);
  if (seal?.vendor === 'google' && isAtGoogle) return signature(seal.value);
  if (seal !== undefined && !isInDetails(call, model)) loseSeal(seal, context);
  return isAtGoogle && isFirst && /gemini-(?:[3-9]|\d\d)/.test(model) ? signature(signatureStandIn) : {};
}

/** A seal on a call, for Google's own service; undefined for every other place and seal. */
export function callSealFor(seal: Seal, model: string): SealCarrier | undefined {
  return seal.vendor === 'google' && standInFor(model) !== undefined ? signature(seal.value) : undefined;
}

/** What stands on calls where Google's own service serves the model; nothing elsewhere. */
export function standInFor(model: string): SealCarrier | undefined {
  return /^(?:models\/)?gemini-/.test(model) ? signature(signatureStandIn) : undefined;
}

function signature(value: string): SealCarrier {
  return { extra_content: { google: { thought_signature: value } } };
}

export function loseSeal(seal: Seal, context: CodecContext): void {
  context.lose({ field: 'seal', how: 'dropped', why: `Only ${seal.vendor} can read it, and there is no place for it here.` });
}
