import type { DialectId, JsonObject, Vendor } from './canonical.js';
import type { ClientSide, Dialect, DialectEdits, RequestFacts, RequestTarget, UsageReader } from './dialect.js';
import type { KeptReader } from './resources.js';
import type { Usage } from './usage.js';

type OptionalPart = 'passHeaders' | 'answerHeaders' | 'modelKey' | 'foreignSeals';

/** An operation that is answered in one piece and that only one wire family knows: it is passed on, or not served. */
export interface PassedDialectSpec {
  readonly id: DialectId;
  readonly vendor: Vendor;
  /** Sets the usage buckets that a whole answer states. */
  readUsage(body: unknown, into: Partial<Usage>): void;
  /** What of that may be priced beside tokens and calls. */
  readonly counts?: UsageReader['counts'];
  readonly kept?: KeptReader;
  readonly client: Pick<ClientSide, 'routes' | 'guardedKeys' | 'encodeError'> &
    Partial<Pick<ClientSide, OptionalPart | 'credentials'>> & {
      /** @throws BadRequestError naming the field. */
      inspect(body: JsonObject, target: RequestTarget): Omit<RequestFacts, 'stream' | 'choices'>;
    };
  readonly edits?: DialectEdits;
}

/** Declares a dialect of what has no canonical form. It is held, paid and settled like any other call. */
export function definePassedDialect(spec: PassedDialectSpec): Dialect {
  const { client, readUsage, counts, kept, edits, ...named } = spec;
  return {
    ...named,
    wire: spec.id,
    operation: 'passed',
    framing: 'sse',
    usage: { needles: [], keep: 'last', read: readUsage, ...(counts === undefined ? {} : { counts }) },
    ...(kept === undefined ? {} : { kept }),
    ...(edits === undefined ? {} : { edits }),
    upstream: { encodeRequest: onlyPassed, decodeResponse: onlyPassed, streamDecoder: onlyPassed },
    client: {
      ...client,
      pathPrefixes: client.routes.map(({ path }) => path),
      credentials: client.credentials ?? [],
      passHeaders: client.passHeaders ?? [],
      inspect: (body, target) => ({ ...client.inspect(body, target), stream: false }),
      framing: () => 'sse',
      decodeRequest: onlyPassed,
      encodeResponse: onlyPassed,
      streamEncoder: onlyPassed,
      encodeStreamError: onlyPassed,
    },
  };
}

function onlyPassed(): never {
  throw new Error('What only one wire family knows is neither translated nor streamed.');
}
