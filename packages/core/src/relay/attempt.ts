import type { IncomingHttpHeaders } from 'node:http';
import {
  BadRequestError,
  type CallView,
  type PluginIo,
  type ProviderAdapter,
  type ProviderCall,
  UpstreamError,
  type Verdict,
  verdictForKind,
  type WireRequest,
} from '@tollgate/plugin-kit';
import { pointsText } from '../foundation/millipoints.js';
import type { FaultSeam } from '../foundation/fault-points.js';
import { type ChannelOptions, changedHeaders } from '../modules/channels/index.js';
import type { SettingsValues } from '../modules/settings/index.js';
import type { AnswerReceiver, AttemptEnd } from './answer.js';
import { passAnswerHeaders, requestIdIn } from './answer-headers.js';
import type { AttemptReply } from './client-reply.js';
import type { Drain, Drains } from './drains.js';
import { EditLane } from './edit-lane.js';
import { UpstreamExchange } from './exchange.js';
import { parsedOrText } from './end-watch.js';
import { FailureReader, judgedBy, wordsIn } from './failure-reader.js';
import type { HoldGrowth } from './hold-growth.js';
import type { KeepAlive } from './keep-alive.js';
import type { MediaFetcher } from './media-fetcher.js';
import type { KeptFinder } from './kept-finder.js';
import { faultVerdict, requestFaultVerdict } from './network-verdict.js';
import { lostEnd } from './reply-race.js';
import { PassLane } from './pass-lane.js';
import type { CallLoss, RelayCall, Translation } from './relay-call.js';
import type { relaySettings } from './relay-settings.js';
import { providerCallOf, type Route } from './route.js';
import { keepAliveBytes } from './stream-frames.js';
import type { HeldCall } from './running-call.js';
import type { Settler } from './settler.js';
import type { StreamLane } from './stream-lane.js';
import { StreamPump } from './stream-pump.js';
import { TranslateLane } from './translate-lane.js';
import { hidesUsageFrame, upstreamBody } from './upstream-body.js';
import type { UpstreamPools } from './upstream-pools.js';
import type { UsageMeter } from './usage-meter.js';
import { wholeAnswer } from './whole-answer.js';
import { WholeReader } from './whole-reader.js';

/** What attempts share with their relay. */
export interface AttemptTools {
  readonly pools: UpstreamPools;
  readonly keepAlive: KeepAlive;
  readonly media: MediaFetcher;
  readonly drains: Drains;
  readonly settler: Pick<Settler, 'readsOn' | 'costAhead' | 'costOfWhole'>;
  /** Network and storage for an adapter's own part in one call. */
  readonly ioOf: (adapter: ProviderAdapter, signal: AbortSignal, way: ChannelOptions) => PluginIo;
  readonly userAgent: string;
  readonly faults?: FaultSeam | undefined;
  fault(error: unknown, route: Route): void;
}

export interface AttemptParts {
  readonly call: RelayCall;
  /** The call as plugins see it. */
  readonly view: CallView;
  readonly route: Route;
  readonly translation: Translation;
  readonly reply: AttemptReply;
  /** True where another attempt may answer the client meanwhile. */
  readonly races: boolean;
  readonly meter: UsageMeter;
  readonly growth: HoldGrowth | undefined;
  /** Undefined where calls cost nothing. */
  readonly held: HeldCall | undefined;
  /** Set if the answer leaves something behind at its upstream. */
  readonly kept: KeptFinder | undefined;
  readonly settings: SettingsValues<typeof relaySettings>;
  /** Hears the upstream's bytes, for plugins that asked to. */
  readonly tap: ((bytes: Buffer) => void) | undefined;
  headArrived(status: number): void;
}

const jsonType = 'application/json';
const costHeader = 'x-tollgate-cost';
const lossHeader = 'x-tollgate-loss';

function fieldsOf(losses: readonly CallLoss[]): string {
  return losses.map(({ field, how }) => `${field}=${how}`).join(', ');
}

/** One try against one channel: describe, send, and let the right receiver take the answer. */
export class Attempt {
  #finish: (end: AttemptEnd) => void = () => undefined;
  #streaming: StreamPump | undefined;
  #exchange: UpstreamExchange | undefined;
  #reading: Drain | undefined;
  #isOver = false;
  /** Of an attempt that races: ends what is done before it is sent. */
  #preparing: AbortController | undefined;
  /** How the upstream itself names the request, once its answer has begun. */
  upstreamRequestId: string | undefined;

  /** Headers that the adapter's `sign` has added. */
  signedWith: Readonly<Record<string, string>> | undefined;
  /** With those. */
  #sentHeaders: Readonly<Record<string, string>> | undefined;

  readonly #tools: AttemptTools;
  readonly #parts: AttemptParts;

  constructor(tools: AttemptTools, parts: AttemptParts) {
    this.#tools = tools;
    this.#parts = parts;
  }

  /** @throws BadRequestError if the request cannot be said in the channel's language, or its media cannot be fetched. */
  run(): Promise<AttemptEnd> {
    return this.#parts.races ? this.#unlessGivenUp() : this.#run();
  }

  /** Whatever an adapter still waits for, an attempt that was given up is over. */
  #unlessGivenUp(): Promise<AttemptEnd> {
    if (this.#isOver) return Promise.resolve(lostEnd);
    const preparing = new AbortController();
    this.#preparing = preparing;
    return new Promise((resolve, reject) => {
      preparing.signal.addEventListener('abort', () => resolve(lostEnd));
      this.#run().then(resolve, reject);
    });
  }

  /** Ends with the call, and where it races with the attempt. */
  get signal(): AbortSignal {
    const { signal } = this.#parts.view;
    return this.#preparing === undefined ? signal : AbortSignal.any([signal, this.#preparing.signal]);
  }

  async #run(): Promise<AttemptEnd> {
    const { call, route, translation } = this.#parts;
    const { faults } = this.#tools;
    const providerCall = providerCallOf(call, route);
    let wire: WireRequest | undefined;
    try {
      if (faults !== undefined) await faults('media-fetch');
      const fetching = this.#tools.media.fetchFor(route, call, translation, this);
      if (fetching !== undefined) await fetching;
      if (faults !== undefined) await faults('signature');
      if (this.#isOver) return lostEnd;
      wire = this.#describe(providerCall);
      wire = await this.#signed(wire, providerCall);
    } catch (error) {
      // Told to stop, it may say so in whatever way.
      if (this.#isOver) return lostEnd;
      if (BadRequestError.isInstance(error)) throw error;
      if (UpstreamError.isInstance(error)) return { answered: false, verdict: error.verdict };
      this.#tools.fault(error, route);
      return { answered: false, verdict: wire === undefined ? requestFaultVerdict() : faultVerdict() };
    }
    if (faults !== undefined) await faults('answer');
    return new Promise((resolve) => {
      if (this.#isOver) {
        resolve(lostEnd);
        return;
      }
      this.#finish = (end) => {
        this.#isOver = true;
        if (!end.answered) this.#parts.reply.dropHeader(costHeader);
        this.#parts.reply.waitEnds();
        this.#parts.meter.answerBytes = this.#exchange?.receivedBytes ?? 0;
        resolve(end);
      };
      this.#send(wire);
    });
  }

  /** True once it has answered, failed, or been stopped. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Another attempt answers the client: this one is stopped, wherever it is. */
  giveUp(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#preparing?.abort();
    this.#exchange?.abort();
    this.#streaming?.stop();
    this.#finish(lostEnd);
  }

  async #signed(wire: WireRequest, providerCall: ProviderCall<Record<string, unknown>>): Promise<WireRequest> {
    const { adapter, options } = this.#parts.route.channel;
    if (adapter.sign === undefined) return wire;
    const signed = await adapter.sign(wire, providerCall, this.#tools.ioOf(adapter, this.signal, options));
    const headers = { ...wire.headers, ...signed };
    this.signedWith = signed;
    this.#sentHeaders = headers;
    return { ...wire, headers };
  }

  #describe(providerCall: ProviderCall<Record<string, unknown>>): WireRequest {
    const { call, route, translation, reply } = this.#parts;
    if (translation.losses !== undefined) {
      translation.startAttempt();
      reply.dropHeader(lossHeader);
    }
    const body = upstreamBody(call, route, translation);
    if (translation.losses !== undefined) this.#judgeLosses(translation.losses);
    return { method: 'POST', url: route.spoken.url(providerCall), headers: route.channel.adapter.headers(providerCall), body };
  }

  /** What the request would lose, before it is sent. */
  #judgeLosses(losses: readonly CallLoss[]): void {
    if (this.#parts.settings.onLoss === 'reject') {
      throw new BadRequestError(
        `This request cannot be translated without loss (${fieldsOf(losses)}). Leave these fields out, or use a model of this dialect.`,
        undefined,
        'translation_loss',
      );
    }
    this.#showLosses(losses);
  }

  #showLosses(losses: readonly CallLoss[]): void {
    const { settings, reply } = this.#parts;
    if (settings.onLoss === 'header' && !reply.headSent) reply.setHeader(lossHeader, fieldsOf(losses).replace(/[^\x20-\x7e]/g, '?'));
  }

  #send(wire: WireRequest): void {
    const { settings, reply, route, call } = this.#parts;
    const { options } = route.channel;
    const { timeouts, headers: headerRules } = options;
    const { pool, origin, path } = this.#tools.pools.placeOf(wire.url, options, settings.connectTimeoutMs);
    const exchange: UpstreamExchange = new UpstreamExchange(
      (status, headers) => this.#receiverFor(status, headers, exchange),
      (verdict) => this.#finish({ answered: false, verdict }),
    );
    this.#exchange = exchange;
    reply.onGone(() => this.#clientLeft(exchange));
    reply.waitBegins();
    const given = { 'user-agent': this.#tools.userAgent, ...wire.headers };
    const headers: string[] = [];
    for (const [name, value] of Object.entries(changedHeaders(given, headerRules, call.facts.model))) headers.push(name, value);
    pool.dispatch(
      {
        origin,
        method: wire.method,
        path,
        headers,
        body: wire.body ?? null,
        headersTimeout: timeouts?.firstByteMs ?? settings.firstByteTimeoutMs,
        bodyTimeout: timeouts?.idleMs ?? settings.idleTimeoutMs,
      },
      exchange,
    );
  }

  /** HTTP status of the upstream; undefined where it did not answer. */
  get upstreamStatus(): number | undefined {
    return this.#exchange?.status;
  }

  /** The caller's side of the attempt is over. Its rest is read on where the upstream's own figures are to be charged. */
  #clientLeft(exchange: UpstreamExchange): void {
    const stop = (): void => {
      exchange.abort();
      this.#streaming?.stop();
    };
    if (this.#isOver) return;
    const { held } = this.#parts;
    const reading = held !== undefined && this.#tools.settler.readsOn(held) ? this.#tools.drains.begin(stop) : undefined;
    if (typeof reading !== 'object') {
      stop();
      this.#finish({ answered: true, ending: 'clientLeft', ...(reading === undefined ? {} : { undrained: reading }) });
      return;
    }
    this.#readOn(reading, exchange);
  }

  #readOn(reading: Drain, exchange: UpstreamExchange): void {
    const { meter } = this.#parts;
    this.#reading = reading;
    meter.clientLeft();
    this.#streaming?.readOn();
    this.#finish({ answered: true, ending: 'clientLeft', drained: reading.drained });
    this.#finish = (end) => {
      meter.answerBytes = exchange.receivedBytes;
      reading.end(end.answered && end.ending === 'complete' ? undefined : 'drain-broken');
    };
    exchange.limit(reading.bytesMax, () => {
      exchange.abort();
      this.#streaming?.stop();
      reading.end('drain-bytes');
    });
    exchange.resume();
  }

  #receiverFor(status: number, headers: IncomingHttpHeaders, exchange: UpstreamExchange): AnswerReceiver {
    const { call, route, reply } = this.#parts;
    const refuse = (verdict: Verdict, words?: string): void =>
      this.#finish({ answered: false, verdict, ...(words === undefined ? {} : { words }) });
    this.#parts.headArrived(status);
    this.upstreamRequestId = requestIdIn(headers, route.channel.adapter.requestIdHeaders);
    if (status === 401) this.#tellRefused();
    if (status >= 300) return new FailureReader(route.channel, status, headers, refuse);
    if (route.lane !== 'translate') passAnswerHeaders(call.dialect, headers, reply);
    const contentType = headers['content-type'] ?? jsonType;
    if (!call.facts.stream) return new WholeReader(this.#parts.settings.answerBytesMax, (body) => this.#answerWhole(headers, body), refuse);
    if (call.framing !== 'json-array' && contentType.startsWith(jsonType)) {
      return new WholeReader(
        this.#parts.settings.answerBytesMax,
        (body) => refuse(this.#unstreamed(headers, body), wordsIn(body.toString())),
        refuse,
      );
    }
    return this.#pump(exchange);
  }

  /** What the adapter signed with was refused. */
  #tellRefused(): void {
    const { call, route } = this.#parts;
    if (this.#sentHeaders === undefined) return;
    try {
      route.channel.adapter.refused?.(this.#sentHeaders, providerCallOf(call, route));
    } catch (error) {
      this.#tools.fault(error, route);
    }
  }

  #pump(exchange: UpstreamExchange): StreamPump {
    const { call, reply, growth, settings, tap, route, held } = this.#parts;
    const cost = held && this.#tools.settler.costAhead(held);
    if (cost !== undefined) reply.setHeader(costHeader, pointsText(cost));
    this.#streaming = new StreamPump({
      reply,
      lane: this.#streamLane(),
      flow: exchange,
      framing: call.framing,
      growth,
      keepAlive: this.#tools.keepAlive,
      keepAliveAfterMs: settings.keepAliveAfterMs,
      keepAliveBytes: keepAliveBytes(call.dialect, call.framing),
      tap,
      finished: (end) => this.#finish(end),
      fault: (error) => this.#tools.fault(error, route),
    });
    // A client that left before the head arrived is read on for, too.
    if (this.#reading !== undefined) this.#streaming.readOn();
    return this.#streaming;
  }

  #streamLane(): StreamLane {
    const { call, route, translation, meter, kept } = this.#parts;
    const { dialect } = route.spoken;
    if (route.lane === 'translate') return new TranslateLane(call, dialect, route.model, translation, meter, route.thinkingAsText);
    const Lane = route.lane === 'pass' ? PassLane : EditLane;
    return new Lane(call, dialect, meter, hidesUsageFrame(call), kept);
  }

  /** Why there is one body where a stream was asked for: mostly it is an error. */
  #unstreamed(headers: IncomingHttpHeaders, bytes: Buffer): Verdict {
    const { channel, spoken } = this.#parts.route;
    const text = bytes.toString();
    const said = spoken.dialect.end?.read(parsedOrText(text));
    if (said === undefined || said === 'whole')
      return verdictForKind('server', 502, 'The upstream did not stream its answer.', 'upstream_not_streaming');
    return judgedBy(channel.adapter, said, headers, text);
  }

  #answerWhole(headers: IncomingHttpHeaders, bytes: Buffer): void {
    const { call, route, translation, meter, kept, reply, held } = this.#parts;
    reply.waitEnds();
    meter.answerBytes = bytes.length;
    try {
      const contentType = headers['content-type'] ?? jsonType;
      const answer = wholeAnswer(call, route, translation, meter, kept, contentType, bytes);
      if ('verdict' in answer) {
        const text = bytes.toString();
        const verdict = judgedBy(route.channel.adapter, answer.verdict, headers, text);
        this.#finish({ answered: false, verdict, words: wordsIn(text) });
        return;
      }
      reply.claim();
      if (translation.losses !== undefined) this.#showLosses(translation.losses);
      const cost = held !== undefined && this.#reading === undefined ? this.#tools.settler.costOfWhole(held) : undefined;
      if (cost !== undefined) reply.setHeader(costHeader, pointsText(cost));
      reply.sendWhole(200, answer.contentType, answer.body);
      this.#finish({ answered: true, ending: 'complete' });
    } catch (error) {
      this.#tools.fault(error, route);
      this.#finish({ answered: false, verdict: faultVerdict() });
    }
  }
}
