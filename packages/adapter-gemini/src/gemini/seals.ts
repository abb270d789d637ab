import { type Seal, unwrapSeal, wrapSeal } from '@tollgate/plugin-kit';
import { geminiVendor } from './wire.js';

/** How the base64 of a wrapped seal (`tg1.…`) begins. */
const wrappedStart = 'dGcxL';

/**
 * The text for a `thoughtSignature` field. The field is base64 and SDKs decode it, so the seal of another vendor is wrapped and put into
 * base64 itself; one of our own vendor is base64 already.
 */
export function signatureOf(seal: Seal): string {
  return seal.vendor === geminiVendor ? seal.value : Buffer.from(wrapSeal(seal)).toString('base64');
}

/** The seal in a `thoughtSignature` field, in either alphabet of base64: some SDKs send it back in the URL-safe one. */
export function sealOf(signature: string): Seal {
  const wrapped = signature.startsWith(wrappedStart) ? unwrapSeal(Buffer.from(signature, 'base64').toString()) : undefined;
  return wrapped?.seal ?? { vendor: geminiVendor, value: signature };
}
