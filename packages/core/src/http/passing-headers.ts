import type { ClientHeaders } from '@tollgate/plugin-kit';

/** Those of the client's headers that may pass upstream. */
export function passing(headers: ClientHeaders, names: readonly string[]): ClientHeaders {
  const passed: Record<string, string | readonly string[]> = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}
