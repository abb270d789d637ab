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
import type { KeyClaim } from '../modules/idempotency/index.js';
import type { LimitTicket } from '../modules/limits/index.js';
import type { Principal } from '../modules/tokens/index.js';
import type { LossRecord } from '../modules/usage/index.js';
import type { WeighedBody } from './estimate-tokens.js';
import { refusedSeal, withoutSeals } from './without-seals.js';
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
  readonly weighed: WeighedBody;
  /** Where the guarded top-level keys stand in `body`. */
  readonly spans: TopLevelSpans;
  /** The framing of a streamed answer. */
  readonly framing: Framing;
  /** Client headers that the dialect lets pass upstream. */
  readonly passHeaders: ClientHeaders;
  /** What the call has taken from its limits; undefined where nothing limits it. */
  readonly ticket: LimitTicket | undefined;
  /** What the client calls its session, in one of the headers that the settings name. */
  readonly session: string | undefined;
  /** What the call claims by its idempotency key; undefined where its client sent none. */
  readonly claim: KeyClaim | undefined;
}

/** Callers name fields as they like: what is told and kept of them is bounded. */
const lossesMax = 50;
const lostFieldLengthMax = 100;

/** A loss with the side on which it arose. */
export type CallLoss = Loss & LossRecord;

/** The call in canonical form with all that translating it needs: made once, when a lane or a plugin first asks for it. */
export class Translation {
  /** What the attempt under way cannot carry; undefined as long as it carries everything. */
  losses: CallLoss[] | undefined;
  /** By address: what an attempt fetched for its upstream is there for the next one, too. */
  fetchedMedia: Map<string, FetchedMedia> | undefined;
  #decoded: CanonicalRequest | undefined;
  /** What the canonical form has no place for: lost only by attempts that send it. */
  #undecoded: Loss[] | undefined;
  #sealsDropped = false;

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
    const { json, facts, dialect } = this.#call;
    const lose = (loss: Loss): void => void (this.#undecoded ??= []).push(loss);
    this.#decoded ??= dialect.client.decodeRequest(json, facts, this.#contextOf(facts.model, lose));
    return this.#decoded;
  }

  /** The request for an attempt that translates it. @throws BadRequestError */
  requestToSend(): CanonicalRequest {
    const request = this.request();
    for (const loss of this.#undecoded ?? []) this.#lose(loss, 'request');
    if (!this.#sealsDropped) return request;
    this.#lose(refusedSeal, 'request');
    return withoutSeals(request);
  }

  /** True once an upstream has refused a seal: from then on none is sent. */
  get sealsDropped(): boolean {
    return this.#sealsDropped;
  }

  dropSeals(): void {
    this.#sealsDropped = true;
  }

  /** For an attempt beside another one: each loses what its own upstream makes it lose. */
  beside(): Translation {
    const beside = new Translation(this.#call, this.#newId, this.#outputTokensMax);
    beside.fetchedMedia = this.fetchedMedia;
    beside.#decoded = this.#decoded;
    beside.#undecoded = this.#undecoded;
    beside.#sealsDropped = this.#sealsDropped;
    return beside;
  }

  /** Each attempt loses what its upstream's dialect makes it lose. */
  startAttempt(): void {
    this.losses = undefined;
  }

  /** For codecs of the one side or the other; those that only look on lose nothing that counts. */
  context(model: string, side: LossRecord['side'] | 'none'): CodecContext {
    return this.#contextOf(model, side === 'none' ? () => undefined : (loss) => this.#lose(loss, side));
  }

  #lose({ field, how, why }: Loss, side: LossRecord['side']): void {
    const losses = (this.losses ??= []);
    const shortField = field.slice(0, lostFieldLengthMax);
    if (losses.length >= lossesMax || losses.some((loss) => loss.field === shortField && loss.how === how && loss.side === side)) return;
    losses.push({ side, field: shortField, how, why });
  }

  #contextOf(model: string, lose: CodecContext['lose']): CodecContext {
    return {
      lose,
      newId: this.#newId,
      now: () => Date.now(),
      model: { id: model, ...(this.#outputTokensMax === undefined ? {} : { outputTokensMax: this.#outputTokensMax }) },
    };
  }
}
