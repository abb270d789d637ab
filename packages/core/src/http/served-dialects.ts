import type { Dialect, DialectRoute } from '@tollgate/plugin-kit';
import type { ServedDialect } from '../relay/relay-call.js';

/** A relay route that a request has met. */
export interface RouteMatch {
  readonly dialect: ServedDialect;
  readonly route: DialectRoute;
  readonly pathModel?: string;
}

interface Pattern {
  readonly prefix: string;
  readonly suffix: string;
  readonly match: RouteMatch;
}

const placeholder = '{model}';

/** The dialects that clients may speak, found by path. */
export class ServedDialects {
  readonly all: readonly ServedDialect[];
  readonly #exact = new Map<string, RouteMatch>();
  readonly #patterns: readonly Pattern[];

  constructor(dialects: Iterable<Dialect>) {
    this.all = [...dialects].filter((dialect): dialect is ServedDialect => dialect.client !== undefined);
    const matches = this.all.flatMap((dialect) => dialect.client.routes.map((route) => ({ dialect, route })));
    for (const match of matches) if (!match.route.path.includes(placeholder)) this.#exact.set(match.route.path, match);
    this.#patterns = matches.filter(({ route }) => route.path.includes(placeholder)).map(patternOf);
  }

  routeOf(path: string): RouteMatch | undefined {
    return this.#exact.get(path) ?? this.#matchPattern(path);
  }

  /** The dialect whose error shape fits a path that no route matches: that with the longest declared prefix. */
  dialectOf(path: string): ServedDialect | undefined {
    let best: ServedDialect | undefined;
    let bestLength = -1;
    for (const dialect of this.all) {
      for (const prefix of dialect.client.pathPrefixes) {
        if (prefix.length <= bestLength || !path.startsWith(prefix)) continue;
        best = dialect;
        bestLength = prefix.length;
      }
    }
    return best;
  }

  #matchPattern(path: string): RouteMatch | undefined {
    for (const { prefix, suffix, match } of this.#patterns) {
      if (path.length <= prefix.length + suffix.length || !path.startsWith(prefix) || !path.endsWith(suffix)) continue;
      const pathModel = decodedPart(path.slice(prefix.length, path.length - suffix.length));
      if (pathModel !== undefined) return { ...match, pathModel };
    }
    return undefined;
  }
}

function patternOf(match: RouteMatch): Pattern {
  const [prefix = '', suffix = ''] = match.route.path.split(placeholder);
  return { prefix, suffix, match };
}

/** A part of a path without its percent signs; undefined if they are no UTF-8. */
export function decodedPart(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
