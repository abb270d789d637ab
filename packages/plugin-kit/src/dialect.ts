import type { CanonicalRequest, CanonicalResponse, DialectId, JsonObject, Loss, MediaBlock, Thinking, Vendor } from './canonical.js';
import type { Instructions } from './instructions.js';
import type { Operation } from './operations.js';
import type { OutputKind } from './output-kinds.js';
import { withOwnUsage } from './own-usage.js';
import type { KeptReader, ResourceReference, ResourceRoute } from './resources.js';
import type { CanonicalSink } from './sink.js';
import type { ImageCount, RequestCounter, Usage } from './usage.js';
import type { PublicError, Verdict } from './verdict.js';

/** Everything impure that a codec may want, handed in: the same input and context give the same output. */
export interface CodecContext {
  /** Says that a field could not be carried. */
  lose(loss: Loss): void;
  /** A fresh id, at most 40 characters: `newId('call_')`. */
  newId(prefix: string): string;
  /** Milliseconds since 1970. */
  now(): number;
  /** Facts of the model that the request goes to, as far as the gateway knows them. */
  readonly model: { readonly id: string; readonly outputTokensMax?: number };
}

/** How a stream of frames is laid out in bytes. */
export type Framing = 'sse' | 'json-array' | 'json-lines';

/** How streams of upstreams are laid out: as those to clients, or in the binary messages of AWS. */
export type UpstreamFraming = Framing | 'aws-event-stream';

/** One frame of a stream: the text after `data:` and, where the dialect names its events, the text after `event:`. */
export interface Frame {
  readonly data: string;
  readonly event?: string;
}

/** Where an encoder writes its frames; the kernel lays them out in bytes and joins what belongs to one network write. */
export interface FrameSink {
  frame(data: string, event?: string): void;
}

/** Takes the frames of one upstream response, in order. */
export interface FrameDecoder {
  /** @throws SyntaxError if the frame is not what the dialect promises; the kernel ends the call with an upstream error. */
  frame(data: string, event: string | undefined): void;
  /** `done`: the upstream ended its response. `cut`: the connection broke. Must end the sink with `stop` or `fail` if it has not been. */
  end(cause: 'done' | 'cut'): void;
}

/** Finds usage in a stream without parsing every frame: only frames that contain a needle are parsed. */
export interface UsageReader {
  /**
   * Texts that nominate a frame, for example `"usage":{` and `"usage": {`. A needle only nominates: `read` takes values from fixed paths of
   * the parsed frame, so that text written by the model cannot forge usage.
   */
  readonly needles: readonly string[];
  /** `each`: later frames complete earlier ones. `last`: the newest nominated frame that yields usage is the whole truth. */
  readonly keep: 'each' | 'last';
  /**
   * What `read` can state beside tokens that a price may be by. A model priced by what the caller's dialect does not have here is refused.
   * Left out, nothing; images for dialects that generate.
   */
  readonly counts?: readonly ('images' | 'seconds' | 'searches')[];
  /**
   * Reads what one frame, or a whole unary body, states. Sets only the buckets that it states; `into` holds what earlier frames of the same
   * answer stated, for vendors whose later totals can only be divided by what came before.
   */
  read(json: unknown, into: Partial<Usage>): void;
  /**
   * The vendor's own words on usage in a frame or a whole body, as they are: looked through for figures that cannot be, and kept in the
   * receipt where there are any.
   */
  stated?(json: unknown): object | undefined;
}

/**
 * Tells from single frames how a stream ends, where bytes pass and nothing is decoded: only frames that contain a needle are parsed, and the
 * very last one where none of those said that the answer is whole.
 */
export interface EndReader {
  /** Texts that nominate a frame which says that the answer is whole. */
  readonly wholeNeedles: readonly string[];
  /** Texts that nominate a frame in which the upstream says that it failed. */
  readonly failureNeedles: readonly string[];
  /** Set where no frame need be the last: an upstream that ends its response in order has ended its answer. */
  readonly endsByClosing?: true;
  /**
   * `whole`: the answer is complete with this frame, though usage and marks may follow. A verdict: the upstream says here that it failed; so it
   * is for a whole unary body that is an error in the clothes of a success. Undefined for everything else. The frame comes parsed, or as its
   * text where that is no JSON (`[DONE]`); values are taken from fixed paths, so that text written by the model cannot forge an end.
   */
  read(frame: unknown, event?: string): 'whole' | Verdict | undefined;
}

/** A path that a client calls. */
export interface DialectRoute {
  /** All are POST. `{model}` stands for one path part that may contain slashes when it is last before a colon: `/v1beta/models/{model}:generateContent`. */
  readonly path: string;
  /** Set where the path and not the body decides whether the answer is streamed. */
  readonly stream?: boolean;
}

/** What the kernel has to know of a client's request before anything is translated. */
export interface RequestFacts {
  readonly model: string;
  readonly stream: boolean;
  /** The most output tokens that the caller allows. */
  readonly outputTokensMax?: number;
  /** How many answers the caller wants; 1 unless stated. */
  readonly choices?: number;
  /** What the answer may hold, where the caller says so ({@link outputKindsIn}): all of it is held at the price of the dearest. */
  readonly outputKinds?: readonly OutputKind[];
  /** What the request names that lives at an upstream: it goes there, and nowhere else. */
  readonly refersTo?: readonly ResourceReference[];
  /** True if the answer leaves something at its upstream that later requests may name; the dialect's `kept` finds it. */
  readonly keeps?: boolean;
  /** The vendor's own tools that may run for it, as what their uses are counted as: one use of each is held. */
  readonly serverTools?: readonly RequestCounter[];
  /**
   * Search units that a request to rerank comes to: `atLeast` by the number of its documents, which is charged where the upstream states none;
   * `atMost` if long documents are split as finely as can be, which is held.
   */
  readonly searchUnits?: { readonly atLeast: number; readonly atMost: number };
  /**
   * True if answering does something besides that no other fact tells: tools of MCP servers may act, or a copy is stored. Such a request is
   * never sent to two upstreams at once.
   */
  readonly hasEffects?: boolean;
  /** Set if such a tool may make an image beside the answer: one is held. */
  readonly toolImage?: Omit<ImageCount, 'count'>;
  /** Under which key the vendor shall keep the prompt in its cache: calls with the same go to the same channel where they can. */
  readonly promptCacheKey?: string;
  /** Whom the caller says that it calls for: a user or a session of its own. */
  readonly endUser?: string;
}

export interface RequestTarget {
  readonly route: DialectRoute;
  /** The `{model}` part of the path, decoded. */
  readonly pathModel?: string;
  readonly query: URLSearchParams;
}

/** Where a caller may put its token, besides `Authorization: Bearer`. */
export type CredentialPlace = { readonly header: string } | { readonly query: string };

/** A model as the model lists show it. */
export interface ListedModel {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Who offers it; the provider's id. */
  readonly owner: string;
}

/** How this dialect lists models. */
export interface ModelListing {
  /** `/v1/models`; one model is at `{listPath}/{model}`. Several dialects may share a path: see `recognises`. */
  readonly listPaths: readonly string[];
  /** True if a request to a shared path comes from a client of this dialect. At most one dialect leaves it out and is the default. */
  recognises?(headers: ClientHeaders, query: URLSearchParams): boolean;
  encodeList(models: readonly ListedModel[]): unknown;
  encodeOne(model: ListedModel): unknown;
}

/** Headers of the client's request, names in lower case. */
export type ClientHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is left of a limit of this gateway's. */
export interface LimitLevel {
  readonly limit: number;
  readonly remaining: number;
  readonly resetsInMs: number;
}

/** The caller's limits by what they count: of each kind the one with the least left. */
export interface LimitLevels {
  readonly requests?: LimitLevel;
  readonly tokens?: LimitLevel;
}

/** The half of a dialect that faces clients. */
export interface ClientSide {
  readonly routes: readonly DialectRoute[];
  /** Errors on paths below these prefixes have this dialect's shape, even if no route matches. */
  readonly pathPrefixes: readonly string[];
  readonly credentials: readonly CredentialPlace[];
  /** Client headers that pass on to upstreams of the same wire family: `anthropic-beta`. In lower case. */
  readonly passHeaders: readonly string[];
  /** Headers of answers that pass on to clients of the same wire family. In lower case. */
  readonly answerHeaders?: readonly string[];
  /** Where clients reach what lives at an upstream. */
  readonly resources?: readonly ResourceRoute[];
  /**
   * Headers in which clients of this dialect look for what is left of their limits, beside `x-ratelimit-*`, which every answer has that a
   * limit counts. `now` is in milliseconds since 1970.
   */
  limitHeaders?(levels: LimitLevels, now: number): Readonly<Record<string, string>>;
  readonly models?: ModelListing;
  /**
   * Top-level keys of the body that the gateway reads or replaces. A second occurrence or an escaped spelling of one of them is refused, so
   * that gateway and upstream can never read different values.
   */
  readonly guardedKeys: readonly string[];
  /** The top-level key with the model's name; absent where the path carries it. */
  readonly modelKey?: string;
  /** @throws BadRequestError if a field that the gateway needs is missing or of the wrong type. */
  inspect(body: JsonObject, target: RequestTarget): RequestFacts;
  /**
   * The texts with which a conversation begins, the same in each of its requests: system prompt and first message. Never throws, whatever the
   * body holds. Without this function no conversation is known by its prompt.
   */
  opening?(body: JsonObject): readonly string[];
  /** What is written into a silent stream, for clients whose SDK takes comments for damage; a comment unless stated. */
  readonly keepAliveFrame?: Frame;
  /** The framing of a streamed answer; `sse` for most dialects. */
  framing(target: RequestTarget): Framing;
  /** Vendors that report usage in streams only on demand: how the pass lane demands it, and takes the extra frame out again. */
  readonly usageOnDemand?: {
    /** Raw JSON per top-level key to splice into the body; undefined if the caller asked for usage itself. */
    edits(body: JsonObject): Readonly<Record<string, string>> | undefined;
    /** True for the frame that only came because of the edit. Called with parsed frames that carry usage. */
    isExtraFrame(json: unknown): boolean;
  };
  /**
   * Histories may hold seals that the gateway wrote for other vendors. Such bytes do not pass as they are: `remove` takes the seals out,
   * and whatever the dialect's own vendor would not take without them.
   */
  readonly foreignSeals?: {
    /** A body without this text holds none: `tg1`, or how it looks inside an encoding. */
    readonly mark: string;
    remove(body: JsonObject, context: CodecContext): void;
    /**
     * Takes every seal out, those of the dialect's own vendor, too, and whatever the vendor would not take without them: for a vendor that has
     * refused one. Without this function no second try is made where bytes pass.
     */
    removeAll?(body: JsonObject, context: CodecContext): void;
  };
  /** @throws BadRequestError naming the field. */
  decodeRequest(body: JsonObject, facts: RequestFacts, context: CodecContext): CanonicalRequest;
  encodeResponse(response: CanonicalResponse, request: CanonicalRequest, context: CodecContext): unknown;
  streamEncoder(out: FrameSink, request: CanonicalRequest, context: CodecContext): CanonicalSink;
  encodeError(error: PublicError, requestId: string): { readonly status: number; readonly body: unknown };
  /** The frames that end a stream which broke after its first byte. */
  encodeStreamError(error: PublicError, requestId: string): readonly Frame[];
}

/** Media that a request names by an address. */
export interface LinkedMedia {
  readonly media: MediaBlock['media'];
  readonly url: string;
  /** Absent where nobody stated it. */
  readonly mimeType?: string;
}

/** A model as it was asked for by a name that says how it shall think: `gpt-5-high` is `gpt-5` with a high effort. */
export interface NamedThinking {
  /** The model's own name. */
  readonly model: string;
  readonly thinking: Thinking;
}

/** How users name models together with a way to think. Names that a channel's model mapping gives are taken as they are. */
export interface ThinkingInNames {
  /** Undefined unless what stands before it is known to think like that, so that no model loses a part of its own name. */
  read(model: string): NamedThinking | undefined;
  /**
   * Writes it into a body of this dialect whose bytes would pass otherwise. It counts more than the body's own fields; what of them gives
   * way is a loss. The name itself is not its business.
   */
  write(body: JsonObject, named: NamedThinking, context: CodecContext): void;
}

/** The half of a dialect that faces upstreams. */
export interface UpstreamSide {
  /**
   * True for media that the upstream takes, but not by this address: the kernel fetches it and hands `encodeRequest` the bytes instead.
   * Without this function no address is fetched.
   */
  needsBytes?(media: LinkedMedia): boolean;
  readonly thinkingInNames?: ThinkingInNames;
  /**
   * Puts an operator's instructions into a body of this dialect, whichever lane made it: {@link withInstructions} does most of it. Never throws,
   * whatever the body holds. Without this function requests take none.
   */
  instruct?(body: JsonObject, instructions: Instructions): void;
  /** The body to send. The kernel adds nothing to it. */
  encodeRequest(request: CanonicalRequest, context: CodecContext): JsonObject;
  /** @throws UpstreamError if the body is an error in the clothes of a success. */
  decodeResponse(body: unknown, context: CodecContext): CanonicalResponse;
  /** `editFrame` is called with each parsed frame before it is read. */
  streamDecoder(out: CanonicalSink, context: CodecContext, editFrame?: (frame: JsonObject) => void): FrameDecoder;
}

/** A wire language: how requests, answers and streams look in bytes, toward clients and toward upstreams. */
export interface Dialect {
  readonly id: DialectId;
  /** Dialects of one wire family pass bytes to each other unchanged. */
  readonly wire: string;
  /** What its requests want; `generate` unless stated. Dialects of other operations are made by `defineUnaryDialect`. */
  readonly operation?: Operation;
  /** Whose seals this dialect carries as its own. */
  readonly vendor: Vendor;
  /** The framing of upstream streams. */
  readonly framing: UpstreamFraming;
  /**
   * Takes off what a place wraps the dialect's frames in. Pure. Needs `edits`: in the pass lane clients would get the wrapping.
   * @throws SyntaxError if the frame is not what the place promises.
   */
  readonly unwrap?: (frame: Frame) => Frame;
  readonly usage: UsageReader;
  /** How its streams end. Without it, bytes that pass count as complete when the upstream closes its answer. */
  readonly end?: EndReader;
  /** What answers leave behind at their upstream; nothing, if left out. */
  readonly kept?: KeptReader;
  readonly upstream: UpstreamSide;
  /** Only dialects that the gateway serves have it. */
  readonly client?: ClientSide;
  /** Small differences of a vendor from the dialect it claims to speak; bytes of such a dialect are edited, not passed. */
  readonly edits?: DialectEdits;
}

export interface DialectEdits {
  /** Edits the upstream body, whichever lane made it. `clientHeaders` are as in a provider's call; none where it was translated. */
  readonly request?: (body: JsonObject, context: CodecContext, clientHeaders?: ClientHeaders) => void;
  /** Edits each parsed upstream frame, or the whole body of a unary answer, before it is read or passed on. */
  readonly frame?: (frame: JsonObject) => void;
}

/** What {@link extendDialect} may change. */
export interface DialectChange {
  readonly id: DialectId;
  readonly vendor?: Vendor;
  readonly usage?: Partial<UsageReader>;
  readonly edits?: DialectEdits;
  /** For places that lay out their streams in another way. */
  readonly framing?: UpstreamFraming;
  readonly unwrap?: NonNullable<Dialect['unwrap']>;
  /** For places that open no addresses where the vendor of the dialect does. */
  readonly needsBytes?: UpstreamSide['needsBytes'];
}

/**
 * A dialect with a few fields replaced: how most plugins describe a vendor's quirks without writing a codec. The result faces upstreams
 * only; clients keep speaking the base dialect.
 */
export function extendDialect(base: Dialect, change: DialectChange): Dialect {
  const { client: _client, ...upstreamOnly } = base;
  const edits = { ...base.edits, ...change.edits };
  return {
    ...upstreamOnly,
    id: change.id,
    vendor: change.vendor ?? base.vendor,
    framing: change.framing ?? base.framing,
    ...(change.unwrap === undefined ? {} : { unwrap: change.unwrap }),
    usage: { ...base.usage, ...change.usage },
    upstream: changedUpstream(base.upstream, change),
    ...(edits.request !== undefined || edits.frame !== undefined ? { edits } : {}),
  };
}

function changedUpstream(base: UpstreamSide, { usage, needsBytes }: DialectChange): UpstreamSide {
  const upstream = usage?.read === undefined ? base : withOwnUsage(base, usage.read);
  if (needsBytes === undefined) return upstream;
  const { thinkingInNames, instruct } = upstream;
  return {
    needsBytes,
    ...(instruct === undefined ? {} : { instruct }),
    ...(thinkingInNames === undefined ? {} : { thinkingInNames }),
    encodeRequest: (request, context) => upstream.encodeRequest(request, context),
    decodeResponse: (body, context) => upstream.decodeResponse(body, context),
    streamDecoder: (out, context, editFrame) => upstream.streamDecoder(out, context, editFrame),
  };
}
