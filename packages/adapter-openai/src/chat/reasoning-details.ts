import { type Seal, type SealedPlace, unwrapPlacedSeal, unwrapSeal, type Vendor } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import type { ReasoningDetail } from './wire.js';

/** Seals that their vendor takes back from anyone, whoever passed them on: the bare value is all there is to them. */
const vendorByFormat: ReadonlyMap<unknown, Vendor> = new Map([
  ['anthropic-claude-v1', 'anthropic'],
  ['google-gemini-v1', 'google'],
]);

/** The formats by the vendor whose seal is in them, for the way back. */
export const formatByVendor: ReadonlyMap<Vendor, string> = new Map([...vendorByFormat].map(([format, vendor]) => [vendor, String(format)]));

/** What one element of `reasoning_details` says; a stream brings the same thing in pieces. */
export interface ReadDetail {
  /** Undefined where the element has no place for text; empty where it has one and says nothing. */
  readonly text: string | undefined;
  /** Which thought the element belongs to, where the server counts them. */
  readonly place: number | undefined;
  readonly seal: Seal | undefined;
  /** Nothing of the thought is shown: the seal is all of it. */
  readonly redacted: boolean;
  /** What the seal is on, if it is not on thinking. */
  readonly on: SealedPlace | undefined;
  /** There is a seal, and nobody is named who could read it. */
  readonly isNameless: boolean;
}

/** Undefined for what is no detail. */
export function readDetail(detail: unknown): ReadDetail | undefined {
  if (!isObject(detail)) return undefined;
  const sealed = nonEmpty(detail['data']) ?? nonEmpty(detail['signature']);
  const placed = sealed === undefined ? undefined : unwrapPlacedSeal(sealed);
  const seal = placed?.seal ?? (sealed === undefined ? undefined : readSeal(sealed, detail));
  const isEncrypted = sealed !== undefined && sealed === detail['data'];
  const text = [detail['text'], detail['summary']].find((value) => typeof value === 'string');
  return {
    text,
    place: typeof detail['index'] === 'number' ? detail['index'] : undefined,
    seal,
    // A resold seal knows itself that it was encrypted; the summary before it is its thought.
    redacted: isEncrypted && (seal === undefined || !isResold(seal)),
    on: placed?.place ?? (isEncrypted && seal?.vendor === 'google' ? callOf(detail) : undefined),
    isNameless: sealed !== undefined && seal === undefined,
  };
}

function callOf(detail: Readonly<Record<string, unknown>>): SealedPlace | undefined {
  const callId = nonEmpty(detail['id']);
  return callId === undefined ? undefined : { callId };
}

function readSeal(value: string, detail: Readonly<Record<string, unknown>>): Seal | undefined {
  const unwrapped = unwrapSeal(value);
  if (unwrapped !== undefined) return unwrapped.seal;
  const { format } = detail;
  const vendor = vendorByFormat.get(format);
  if (vendor !== undefined) return { vendor, value };
  if (typeof format !== 'string' || !/^[a-z]+-[\w-]+$/i.test(format)) return undefined;
  const { text: _text, summary: _summary, ...rest } = detail;
  return { vendor: format.toLowerCase(), value: JSON.stringify(rest) };
}

/**
 * True for a seal that is bound to the reseller who passed it on, as encrypted reasoning is to an account. Its vendor is the name of its
 * format, so that it never reaches the maker of the model, and its value is the whole element, which the reseller wants back.
 */
export function isResold(seal: Seal): boolean {
  return seal.value.startsWith('{');
}

/** The element inside a resold seal; undefined if there is none. */
export function resoldDetail(seal: Seal): ReasoningDetail | undefined {
  try {
    const detail: unknown = JSON.parse(seal.value);
    return isObject(detail) ? (detail as object as ReasoningDetail) : undefined;
  } catch {
    return undefined;
  }
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
