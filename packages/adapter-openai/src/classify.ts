import type { UpstreamFailure, Verdict } from '@tollgate/plugin-kit';
import { isObject } from './request-fields.js';
import { readWireError, verdictOf } from './wire-error.js';

/** Reads `{"error": {…}}`, and the forms of compatible servers: the bare error, or one in a list. */
export function classify(failure: UpstreamFailure): Partial<Verdict> {
  const json = failure.json();
  const body: unknown = Array.isArray(json) ? json[0] : json;
  const error = isObject(body) ? readWireError(body['error'] ?? body['detail'] ?? body) : undefined;
  const retryAfterMs = retryAfter(failure.headers);
  return {
    ...(error === undefined ? {} : verdictOf(error, failure.status)),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function retryAfter(headers: ReadonlyMap<string, string>): number | undefined {
  const milliseconds = positive(headers.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const seconds = positive(headers.get('retry-after'));
  return seconds === undefined ? undefined : Math.round(seconds * 1_000);
}

function positive(header: string | undefined): number | undefined {
  const value = Number(header === undefined || header.trim() === '' ? Number.NaN : header);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
