/** A `retry-after` header in milliseconds, if it gives seconds; the service does not send the form with a date. */
export function retryAfterMs(header: string | undefined): number | undefined {
  return header !== undefined && /^\d+(?:\.\d+)?$/.test(header) ? Math.ceil(Number(header) * 1_000) : undefined;
}
