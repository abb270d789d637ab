import type {
  CanonicalRequest,
  ClientHeaders,
  ClientSide,
  CodecContext,
  Dialect,
  Framing,
  JsonObject,
  Loss,
  RequestFacts,
  RequestTarget,
  TopLevelSpans,
} from '@tollgate/plugin-kit';
import type { Principal } from '../modules/tokens/index.js';
import type { FetchedMedia } from './linked-media.js';

/** A dialect that the gateway serves. */
export type ServedDialect = Dialect & { readonly client: ClientSide };

/** The facts of one paid call, gathered at the front door and never changed. */
export interface RelayCall {
  readonly requestId: string;
  readonly startedAt: number;
  readonly principal: Principal;
  readonly dialect: ServedDialect;
  readonly target: RequestTarget;
  readonly facts: RequestFacts;
  /** The request as it came, decompressed. */
  readonly body: Buffer;
  /** The same, parsed. Read-only. */
  readonly json: JsonObject;
  /** Where the guarded top-level keys stand in `body`. */
  readonly spans: TopLevelSpans;
  /** The framing of a streamed answer. */
  readonly framing: Framing;
  /** Client headers that the dialect lets pass upstream. */
  readonly passHeaders: ClientHeaders;
}

/** The call in canonical form with all that translating it needs: made once, when a lane or a plugin first asks for it. */
export class Translation {
  readonly losses: Loss[] = [];
  /** By address: what an attempt fetched for its upstream is there for the next one, too. */
  fetchedMedia: Map<string, FetchedMedia> | undefined;
  #decoded: CanonicalRequest | undefined;

  readonly #call: RelayCall;
  readonly #newId: (prefix: string) => string;
  readonly #outputTokensMax: number | undefined;

  constructor(call: RelayCall, newId: (prefix: string) => string, outputTokensMax: number | undefined) {
    this.#call = call;
    this.#newId = newId;
    this.#outputTokensMax = outputTokensMax;
  }

  /** @throws BadRequestError if the request cannot be said in another dialect. */
  request(): CanonicalRequest {
    this.#decoded ??= this.#call.dialect.client.decodeRequest(this.#call.json, this.#call.facts, this.context(this.#call.facts.model));
    return this.#decoded;
  }

  context(model: string): CodecContext {
    return {
      lose: (loss) => this.losses.push(loss),
      newId: this.#newId,
      now: () => Date.now(),
      model: { id: model, ...(this.#outputTokensMax === undefined ? {} : { outputTokensMax: this.#outputTokensMax }) },
    };
  }
}
