import { type Seal, unwrapSeal, wrapSeal } from '@tollgate/plugin-kit';

const vendor = 'openai';
const callMark = 'call:';

/** The seal in an item's `encrypted_content`: the vendor's own, or one of another vendor that we wrapped on its way out. */
export function readSeal(encrypted: unknown): Seal | undefined {
  if (typeof encrypted !== 'string' || encrypted === '') return undefined;
  return unwrapSeal(encrypted)?.seal ?? { vendor, value: encrypted };
}

/** What a client gets to see: the vendor's seal as it is, a foreign one wrapped so that it finds its vendor again. */
export function sealForClient(seal: Seal): string {
  return seal.vendor === vendor ? seal.value : wrapSeal(seal);
}

/**
 * A tool call has no field for a seal here, so it rides in a reasoning item of its own that names the call; clients send reasoning items
 * back unread.
 */
export function sealOfCallForClient(seal: Seal, callId: string): string {
  return `${callMark}${callId.length}:${callId}${wrapSeal(seal)}`;
}

/** The tool call and its seal, if the gateway once wrote `encrypted` for one. */
export function readSealOfCall(encrypted: unknown): { readonly callId: string; readonly seal: Seal } | undefined {
  if (typeof encrypted !== 'string' || !encrypted.startsWith(callMark)) return undefined;
  const lengthEnd = encrypted.indexOf(':', callMark.length);
  const callIdEnd = lengthEnd + 1 + Number(encrypted.slice(callMark.length, lengthEnd));
  const unwrapped = lengthEnd < 0 || Number.isNaN(callIdEnd) ? undefined : unwrapSeal(encrypted.slice(callIdEnd));
  return unwrapped && { callId: encrypted.slice(lengthEnd + 1, callIdEnd), seal: unwrapped.seal };
}

/** The value to send to the vendor: only its own seals. */
export function sealForVendor(seal: Seal | undefined): string | undefined {
  return seal?.vendor === vendor ? seal.value : undefined;
}
