import {
  type CodecContext,
  foreignSealMark,
  type JsonObject,
  type Seal,
  sealForClient as kitSealForClient,
  sealFromClient,
} from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { isForeignServerTool } from './server-tool-items.js';

const vendor = 'openai';

/** The seal in an item's `encrypted_content`: the vendor's own, or one of another vendor that we wrapped on its way out. */
export function readSeal(encrypted: unknown): Seal | undefined {
  return sealFromClient(encrypted, vendor);
}

/** What a client gets to see in such a field. */
export function sealForClient(seal: Seal | undefined): string {
  return kitSealForClient(seal, vendor);
}

/** The value to send to the vendor: only its own seals. */
export function sealForVendor(seal: Seal | undefined): string | undefined {
  return seal?.vendor === vendor ? seal.value : undefined;
}

/** Histories with answers of other vendors, for the vendor itself: it takes back only reasoning that it has encrypted. */
export const foreignSeals = {
  mark: foreignSealMark,
  remove(body: JsonObject, context: CodecContext): void {
    const { input } = body;
    if (!Array.isArray(input)) return;
    const kept = input.filter((item: unknown) => !isForeign(item));
    if (kept.length === input.length) return;
    body['input'] = kept;
    if (input.some(isForeignReasoning)) context.lose({ field: 'seal', how: 'dropped', why: 'Only the vendor that made it can read it.' });
  },
  removeAll(body: JsonObject, context: CodecContext): void {
    const { input } = body;
    if (!Array.isArray(input)) return;
    const kept = input.filter((item: unknown) => !(isObject(item) && item['type'] === 'reasoning') && !isForeignServerTool(item));
    // By its id the vendor knows an item, and misses the reasoning that led to it.
    body['input'] = kept.map((item: unknown) => (isObject(item) && anonymousTypes.has(item['type']) ? withoutId(item) : item));
    context.lose({ field: 'seal', how: 'dropped', why: 'The vendor refused encrypted reasoning: it gets the history without any.' });
  },
};

const anonymousTypes: ReadonlySet<unknown> = new Set(['message', 'function_call', 'custom_tool_call']);

function withoutId({ id: _id, ...item }: JsonObject): JsonObject {
  return item;
}

/** What a server tool of another vendor did was told to the client alone: nothing is lost with it. */
function isForeign(item: unknown): boolean {
  return isForeignReasoning(item) || isForeignServerTool(item);
}

function isForeignReasoning(item: unknown): boolean {
  if (!isObject(item) || item['type'] !== 'reasoning') return false;
  const encrypted = item['encrypted_content'];
  return typeof encrypted === 'string' && encrypted.startsWith(foreignSealMark);
}
