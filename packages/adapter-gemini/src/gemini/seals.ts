import {
  type CodecContext,
  foreignSealMark,
  type JsonObject,
  type Seal,
  sealForClient,
  sealFromClient,
  type ThinkingBlock,
  unwrapCarriedThinking,
  wrapCarriedThinking,
} from '@tollgate/plugin-kit';
import { familyOf } from './model-family.js';
import { geminiVendor, isJsonObject } from './wire.js';

/** Documented stand-in for the signature of a call that another model made (guide "Thought signatures"). */
export const signatureStandIn = 'skip_thought_signature_validator';

/**
 * The text for a `thoughtSignature` field. The field is base64 and SDKs decode it, so what we write for other vendors is put into base64
 * itself; a seal of our own vendor is base64 already.
 */
export function signatureOf(seal: Seal | undefined): string {
  const text = sealForClient(seal, geminiVendor);
  return seal?.vendor === geminiVendor ? text : toBase64(text);
}

/**
 * The text for the `thoughtSignature` field of a call that other vendors' thinking led to. Clients send calls back with all that is on them;
 * many drop parts that are thoughts.
 */
export function signatureWithThinking(thinking: readonly ThinkingBlock[], seal: Seal | undefined): string {
  const isOwn = seal?.vendor === geminiVendor;
  return isOwn || thinking.length === 0 ? signatureOf(seal) : toBase64(wrapCarriedThinking(thinking, seal, geminiVendor));
}

/** The thinking that a call's signature carries. */
export function thinkingOn(signature: string): readonly ThinkingBlock[] {
  return unwrapCarriedThinking(plainTextOf(signature))?.thinking ?? [];
}

/** True for thinking that only its call brings back: this vendor's own is sealed on the call itself. */
export function needsCarrying({ text, seal }: ThinkingBlock): boolean {
  return seal === undefined ? text !== '' : seal.vendor !== geminiVendor;
}

/** The seal in a `thoughtSignature` field, in either alphabet of base64: some SDKs send it back in the URL-safe one. */
export function sealOf(signature: string): Seal | undefined {
  if (signature === signatureStandIn) return undefined;
  const text = plainTextOf(signature);
  return sealFromClient(unwrapCarriedThinking(text)?.seal ?? text, geminiVendor);
}

function plainTextOf(signature: string): string {
  return isForeign(signature) ? Buffer.from(signature, 'base64').toString() : signature;
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** How the base64 of what we write for other vendors begins: three bytes are four characters. */
const foreignStart = toBase64(foreignSealMark);

function isForeign(signature: unknown): boolean {
  return typeof signature === 'string' && signature.startsWith(foreignStart);
}

/** Histories with answers of other vendors, for the vendor itself. */
export const foreignSeals = {
  mark: foreignStart,
  remove(body: JsonObject, context: CodecContext): void {
    const { needsCallSignatures } = familyOf(context.model.id);
    for (const content of objectsIn(body['contents'])) {
      for (const part of objectsIn(content['parts']))
        for (const field of signatureFields) removeFrom(part, field, needsCallSignatures, context);
    }
  },
  removeAll: removeAllSeals,
};

/** The service has refused a signature, or misses one: it gets the stand-in on calls, and thoughts as plain text. */
function removeAllSeals(body: JsonObject, context: CodecContext): void {
  const { needsCallSignatures } = familyOf(context.model.id);
  for (const content of objectsIn(body['contents'])) {
    const parts = objectsIn(content['parts']);
    for (const part of parts) for (const field of signatureFields) delete part[field];
    const firstCall = needsCallSignatures ? parts.find(isCall) : undefined;
    if (firstCall !== undefined) firstCall['thoughtSignature'] = signatureStandIn;
  }
  context.lose({ field: 'seal', how: 'dropped', why: 'The service refused a signature: it gets the history without any.' });
}

const signatureFields = ['thoughtSignature', 'thought_signature'] as const;

function isCall(part: JsonObject): boolean {
  return part['functionCall'] !== undefined || part['function_call'] !== undefined;
}

function removeFrom(part: JsonObject, field: string, needsCallSignatures: boolean, context: CodecContext): void {
  if (!isForeign(part[field])) return;
  if (isCall(part) && needsCallSignatures) part[field] = signatureStandIn;
  else delete part[field];
  context.lose({ field: 'seal', how: 'dropped', why: 'Only the vendor that made it can read it.' });
}

function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
