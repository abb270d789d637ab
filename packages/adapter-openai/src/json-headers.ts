import type { ClientHeaders } from '@tollgate/plugin-kit';

/** Headers of every request: what the client's dialect lets pass, and that the body is JSON. */
export function jsonHeaders({ clientHeaders }: { readonly clientHeaders: ClientHeaders }): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(clientHeaders)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ');
  }
  headers['content-type'] = 'application/json';
  return headers;
}
