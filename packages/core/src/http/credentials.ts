import type { IncomingHttpHeaders } from 'node:http';
import type { CredentialPlace } from '@tollgate/plugin-kit';
import { MissingApiKeyError } from './http-errors.js';

/** Finds the caller's key wherever one of the served dialects puts it. */
export class CredentialReader {
  readonly #headers: readonly string[];
  readonly #queryKeys: readonly string[];

  constructor(places: readonly CredentialPlace[]) {
    this.#headers = [...new Set(places.flatMap((place) => ('header' in place ? [place.header] : [])))];
    this.#queryKeys = [...new Set(places.flatMap((place) => ('query' in place ? [place.query] : [])))];
  }

  /** @throws MissingApiKeyError */
  keyOf(headers: IncomingHttpHeaders, query: URLSearchParams): string {
    const key = bearerKey(headers.authorization) ?? this.#headerKey(headers) ?? this.#queryKey(query);
    if (key === undefined) throw new MissingApiKeyError();
    return key;
  }

  /** True if keys may come in a query parameter of this name. */
  isParameter(name: string): boolean {
    return this.#queryKeys.includes(name);
  }

  #headerKey(headers: IncomingHttpHeaders): string | undefined {
    for (const name of this.#headers) {
      const value = headers[name];
      if (typeof value === 'string' && value !== '') return value;
    }
    return undefined;
  }

  #queryKey(query: URLSearchParams): string | undefined {
    for (const name of this.#queryKeys) {
      const value = query.get(name);
      if (value !== null && value !== '') return value;
    }
    return undefined;
  }
}

function bearerKey(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const key = /^Bearer\s/i.test(authorization) ? authorization.slice(7).trim() : authorization.trim();
  return key === '' ? undefined : key;
}
