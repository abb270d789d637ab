import type { ClientHeaders, JsonObject, ResourceRoute } from '@tollgate/plugin-kit';
import type { Principal } from '../modules/tokens/index.js';
import type { ServedDialect } from './relay-call.js';

/** The facts of one request for what lives at an upstream, gathered at the front door and never changed. */
export interface ResourceCall<Route extends ResourceRoute = ResourceRoute> {
  readonly requestId: string;
  readonly startedAt: number;
  readonly principal: Principal;
  readonly dialect: ServedDialect;
  readonly route: Route;
  /** The path as the dialect declares it, with its parts filled in. */
  readonly path: string;
  /** What the request is about; undefined where the route names nothing. */
  readonly id: string | undefined;
  /** Without the caller's credentials. */
  readonly query: URLSearchParams;
  /** As it came, decompressed; empty where there is none. */
  readonly body: Buffer;
  readonly contentType: string | undefined;
  /** The body, parsed, where the route looks into it. */
  readonly json: JsonObject | undefined;
  /** Client headers that pass upstream. */
  readonly passHeaders: ClientHeaders;
  /** Where the caller reached the gateway: `https://gateway.example`. */
  readonly origin: string;
}

/** A path of a dialect's resources with its parts filled in, each made safe to stand in a URL. */
export function filledPath(path: string, parts: ReadonlyMap<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_placeholder, name: string) => encodeURIComponent(parts.get(name) ?? ''));
}
