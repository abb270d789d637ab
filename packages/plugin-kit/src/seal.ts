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
