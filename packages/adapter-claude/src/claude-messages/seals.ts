import { sealForClient as kitSealForClient, sealFromClient, type Seal } from '@tollgate/plugin-kit';
import { vendor } from './wire.js';

/** The seal in a `signature` or `data` field: ours, or one of another vendor that we wrapped on its way out. */
export function readSeal(text: unknown): Seal | undefined {
  return sealFromClient(text, vendor);
}

/** What a client gets to see in such a field. */
export function sealForClient(seal: Seal | undefined): string {
  return kitSealForClient(seal, vendor);
}
