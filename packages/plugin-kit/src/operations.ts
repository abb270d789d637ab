import type { CanonicalRequest, DialectId, JsonObject, Vendor } from './canonical.js';
import type {
  CodecContext,
  CredentialPlace,
  Dialect,
  DialectEdits,
  DialectRoute,
  RequestFacts,
  RequestTarget,
  UpstreamSide,
  UsageReader,
} from './dialect.js';
import type { Usage } from './usage.js';
import type { PublicError } from './verdict.js';

/**
 * What a caller wants of a model. Only dialects of the same operation can be translated into each other; `passed` stands for all that only
 * one wire family knows.
 */
export type Operation = 'generate' | 'embed' | 'rerank' | 'count-tokens' | 'passed';

/** What requests in this dialect want. */
export function operationOf({ operation }: Pick<Dialect, 'operation'>): Operation {
  return operation ?? 'generate';
}

/** Texts to be turned into vectors, in no vendor's words. */
export interface EmbedRequest {
  readonly model: string;
  /** Texts, or texts that the caller has cut into tokens already. */
  readonly inputs: readonly (string | readonly number[])[];
  /** Length of each vector; the model's own unless stated. */
  readonly dimensions?: number;
  /** What the vectors are for, in the words of Gemini's `taskType`: `RETRIEVAL_DOCUMENT`, … */
  readonly task?: string;
  readonly title?: string;
  readonly endUser?: string;
  /** Fields only one dialect knows. */
  readonly extensions?: Readonly<Record<DialectId, JsonObject>>;
}

/** One vector for each input, in their order. */
export interface EmbedResponse {
  /** Name of the model as the upstream states it. */
  readonly model: string;
  readonly vectors: readonly (readonly number[])[];
  readonly usage: Usage;
}

/** Texts to be put in order by how well they answer a query, in no vendor's words. */
export interface RerankRequest {
  readonly model: string;
  readonly query: string;
  readonly documents: readonly string[];
  /** How many of the best are wanted; all unless stated. */
  readonly topCount?: number;
  /** True if the answer shall repeat the texts. */
  readonly returnDocuments?: boolean;
  /** Fields only one dialect knows. */
  readonly extensions?: Readonly<Record<DialectId, JsonObject>>;
}

/** The documents that were asked about, best first. */
export interface RerankResponse {
  /** Name of the model as the upstream states it; empty where it does not. */
  readonly model: string;
  /** `index` is the place among the documents of the request, `score` rises with how well the document answers. */
  readonly results: readonly { readonly index: number; readonly score: number }[];
  readonly usage: Usage;
}

/** Tokens that a request would have as input. */
export interface CountResponse {
  readonly inputTokens: number;
}

interface Exchanges {
  readonly embed: { readonly request: EmbedRequest; readonly response: EmbedResponse };
  readonly rerank: { readonly request: RerankRequest; readonly response: RerankResponse };
  readonly 'count-tokens': { readonly request: CanonicalRequest; readonly response: CountResponse };
}

/** How one request and its one answer look in bytes, for an operation that is never streamed. */
export interface UnaryDialectSpec<Kind extends keyof Exchanges> {
  readonly id: DialectId;
  readonly operation: Kind;
  readonly vendor: Vendor;
  /** What answers can state beside tokens that a price may be by: `counts` of a usage reader. */
  readonly counts?: NonNullable<UsageReader['counts']>;
  /** Sets the usage buckets that a whole answer states. */
  readUsage(body: unknown, into: Partial<Usage>): void;
  readonly upstream: Pick<UpstreamSide, 'needsBytes' | 'thinkingInNames'> & {
    encodeRequest(request: Exchanges[Kind]['request'], context: CodecContext): JsonObject;
    /** @throws UpstreamError if the body is an error, or holds no answer. */
    decodeResponse(body: unknown, context: CodecContext): Exchanges[Kind]['response'];
  };
  readonly client?: {
    readonly routes: readonly DialectRoute[];
    readonly credentials?: readonly CredentialPlace[];
    readonly passHeaders?: readonly string[];
    readonly guardedKeys: readonly string[];
    readonly modelKey?: string;
    /** @throws BadRequestError naming the field. */
    inspect(body: JsonObject, target: RequestTarget): Pick<RequestFacts, 'model' | 'refersTo' | 'searchUnits'>;
    /** @throws BadRequestError naming the field. */
    decodeRequest(body: JsonObject, facts: RequestFacts, context: CodecContext): Exchanges[Kind]['request'];
    encodeResponse(response: Exchanges[Kind]['response'], request: Exchanges[Kind]['request'], context: CodecContext): unknown;
    encodeError(error: PublicError, requestId: string): { readonly status: number; readonly body: unknown };
  };
  readonly edits?: DialectEdits;
}

/**
 * Declares a dialect of an operation that is answered in one piece. The kernel treats it like any other: it routes, passes or translates,
 * holds and settles. Request and answer are handed from one dialect to another only within an operation, so that they may have their own
 * types behind those of generation.
 */
export function defineUnaryDialect<Kind extends keyof Exchanges>(spec: UnaryDialectSpec<Kind>): Dialect {
  const { client } = spec;
  const unary = {
    id: spec.id,
    wire: spec.id,
    operation: spec.operation,
    vendor: spec.vendor,
    framing: 'sse',
    usage: { needles: [], keep: 'last', read: spec.readUsage.bind(spec), ...(spec.counts === undefined ? {} : { counts: spec.counts }) },
    upstream: { ...spec.upstream, streamDecoder: neverStreamed },
    ...(spec.edits === undefined ? {} : { edits: spec.edits }),
    ...(client === undefined
      ? {}
      : {
          client: {
            ...client,
            pathPrefixes: client.routes.filter(({ path }) => !path.includes('{')).map(({ path }) => path),
            credentials: client.credentials ?? [],
            passHeaders: client.passHeaders ?? [],
            inspect: (body: JsonObject, target: RequestTarget) => ({ ...client.inspect(body, target), stream: false, outputTokensMax: 0 }),
            framing: () => 'sse',
            streamEncoder: neverStreamed,
            encodeStreamError: neverStreamed,
          },
        }),
  };
  return unary as unknown as Dialect;
}

function neverStreamed(): never {
  throw new Error('An operation that is answered in one piece is never streamed.');
}
