import type { Seal, Vendor } from './canonical.js';

const prefix = 'tg1.';

/**
 * A seal as it rides in the field of a foreign client dialect: `tg1.<vendor>.<issuer>.<value>`. The issuer is the channel that it came
 * from, for vendors that bind seals to an account; it may be empty.
 */
export function wrapSeal(seal: Seal, issuer = ''): string {
  return `${prefix}${seal.vendor}.${issuer}.${seal.value}`;
}

/** The seal inside a wrapped text, or undefined if the text is not one of ours. */
export function unwrapSeal(text: string): { readonly seal: Seal; readonly issuer: string } | undefined {
  if (!text.startsWith(prefix)) return undefined;
  const vendorEnd = text.indexOf('.', prefix.length);
  const issuerEnd = vendorEnd < 0 ? -1 : text.indexOf('.', vendorEnd + 1);
  if (issuerEnd < 0) return undefined;
  const vendor: Vendor = text.slice(prefix.length, vendorEnd);
  return { seal: { vendor, value: text.slice(issuerEnd + 1) }, issuer: text.slice(vendorEnd + 1, issuerEnd) };
}

/** Stands where a client's dialect has a seal and the answer had none: it says that the block does not come from the dialect's own vendor. */
export const unsealed = wrapSeal({ vendor: '', value: '' });

/** What all that a gateway puts in the place of a vendor's seal begins with. */
export const foreignSealMark = 'tg1';

/** A seal for a client whose dialect's own vendor is `vendor`: its own as it is, all others so that they find their vendor again. */
export function sealForClient(seal: Seal | undefined, vendor: Vendor): string {
  if (seal === undefined) return unsealed;
  return seal.vendor === vendor ? seal.value : wrapSeal(seal);
}

/** The seal in what a client sends back: `vendor`'s own unless the gateway wrote it; undefined if there is none. */
export function sealFromClient(text: unknown, vendor: Vendor): Seal | undefined {
  if (typeof text !== 'string' || text === '' || text === unsealed) return undefined;
  return unwrapSeal(text)?.seal ?? { vendor, value: text };
}

/** What a seal is on, where a client's dialect has a place for seals on thinking only: a tool call, or the text that it follows. */
export type SealedPlace = { readonly callId: string } | 'text';

const placedPrefix = 'tg1p.';

/** A seal that rides in a thinking block of its own, with the block that it belongs to: `tg1p.<call id, base64url>.<wrapped seal>`. */
export function wrapPlacedSeal(seal: Seal, place: SealedPlace): string {
  const callId = place === 'text' ? '' : Buffer.from(place.callId).toString('base64url');
  return `${placedPrefix}${callId}.${wrapSeal(seal)}`;
}

/** The seal and what it belongs to, or undefined if the text is not one of {@link wrapPlacedSeal}. */
export function unwrapPlacedSeal(text: string): { readonly seal: Seal; readonly place: SealedPlace } | undefined {
  if (!text.startsWith(placedPrefix)) return undefined;
  const callIdEnd = text.indexOf('.', placedPrefix.length);
  const unwrapped = callIdEnd < 0 ? undefined : unwrapSeal(text.slice(callIdEnd + 1));
  if (unwrapped === undefined) return undefined;
  const callId = Buffer.from(text.slice(placedPrefix.length, callIdEnd), 'base64url').toString();
  return { seal: unwrapped.seal, place: callId === '' ? 'text' : { callId } };
}
