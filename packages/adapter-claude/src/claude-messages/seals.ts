import { type Seal, unwrapSeal, wrapSeal } from '@tollgate/plugin-kit';
import { vendor } from './wire.js';

/** The seal in a `signature` or `data` field: ours, or one of another vendor that we wrapped on its way out. */
export function readSeal(text: unknown): Seal | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  return unwrapSeal(text)?.seal ?? { vendor, value: text };
}

/** What a client gets to see: our own seal as it is, a foreign one wrapped so that it finds its vendor again. */
export function sealForClient(seal: Seal): string {
  return seal.vendor === vendor ? seal.value : wrapSeal(seal);
}
