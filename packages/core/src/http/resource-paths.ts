import type { ResourceRoute } from '@tollgate/plugin-kit';
import type { ServedDialect } from '../relay/relay-call.js';
import { filledPath } from '../relay/resource-call.js';
import { decodedPart } from './served-dialects.js';

/** A path of a dialect's resources that a request has met. */
export interface ResourceMatch {
  readonly dialect: ServedDialect;
  readonly route: ResourceRoute;
  /** As declared, with its parts filled in. */
  readonly path: string;
  readonly id: string | undefined;
}

interface Pattern {
  readonly dialect: ServedDialect;
  readonly route: ResourceRoute;
  readonly parts: readonly string[];
}

/** Finds the paths of what lives at upstreams. */
export class ResourcePaths {
  readonly #patterns: readonly Pattern[];

  constructor(dialects: readonly ServedDialect[]) {
    this.#patterns = dialects.flatMap((dialect) =>
      (dialect.client.resources ?? []).map((route) => ({ dialect, route, parts: route.path.split('/') })),
    );
  }

  /** The first declared route that fits. */
  find(method: string, path: string, query: URLSearchParams): ResourceMatch | undefined {
    const given = path.split('/');
    for (const { dialect, route, parts } of this.#patterns) {
      if (route.method !== method || (route.withQuery !== undefined && !query.has(route.withQuery))) continue;
      const values = valuesOf(parts, given);
      if (values !== undefined) return { dialect, route, path: filledPath(route.path, values), id: idOf(route, values, query) };
    }
    return undefined;
  }
}

/** What stands in the place of each placeholder; undefined if the path does not fit. */
function valuesOf(parts: readonly string[], given: readonly string[]): ReadonlyMap<string, string> | undefined {
  if (parts.length !== given.length) return undefined;
  const values = new Map<string, string>();
  for (const [place, part] of parts.entries()) {
    const text = given[place] ?? '';
    if (!part.startsWith('{')) {
      if (part !== text) return undefined;
      continue;
    }
    const value = decodedPart(text);
    // A part that a URL would take for a step up or for nothing is no name of anything.
    if (value === undefined || ['', '.', '..'].includes(value)) return undefined;
    values.set(part.slice(1, -1), value);
  }
  return values;
}

function idOf(route: ResourceRoute, values: ReadonlyMap<string, string>, query: URLSearchParams): string | undefined {
  if (route.does !== 'reach') return undefined;
  return route.idInQuery === undefined ? values.get('id') : (query.get(route.idInQuery) ?? undefined);
}
