import { BadRequestError, type CodecContext, type Operation, type Verdict, verdictForKind } from '@tollgate/plugin-kit';
import type { Clock } from '../foundation/clock.js';
import { hideSecrets } from '../foundation/hide-secrets.js';
import { type Channel, type ChannelKey, secretsOf } from '../modules/channels/index.js';
import type { TestFailure, TestReport, TestWish, Trial } from '../modules/upkeep/index.js';
import type { ModelDirectory, ModelType } from '../modules/models/index.js';
import type { Settings } from '../modules/settings/index.js';
import { AnswerCapture } from './answer-capture.js';
import { answerText } from './answer-text.js';
import type { AttemptEnd } from './answer.js';
import { Attempt, type AttemptTools } from './attempt.js';
import { callView } from './call-view.js';
import { ClientReply } from './client-reply.js';
import { discardingResponse } from './discarding-response.js';
import { requestFaultVerdict } from './network-verdict.js';
import { type RelayCall, type ServedDialect, Translation } from './relay-call.js';
import { relaySettings } from './relay-settings.js';
import type { Route } from './route.js';
import { type TrialCall, trialCall } from './trial-call.js';
import { UsageMeter } from './usage-meter.js';

export interface ChannelTesterDoors {
  readonly tools: AttemptTools;
  readonly settings: Settings;
  readonly models: Pick<ModelDirectory, 'find'>;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly newPrefixedId: (prefix: string) => string;
}

const textLengthMax = 500;
const upstreamTextLengthMax = 1_000;

const operations: Readonly<Partial<Record<ModelType, Operation>>> = { chat: 'generate', embedding: 'embed', rerank: 'rerank' };

/** Sends small calls through channels, by the same attempt as every call: nothing is held, charged or recorded for them. */
export class ChannelTester {
  readonly #doors: ChannelTesterDoors;

  constructor(doors: ChannelTesterDoors) {
    this.#doors = doors;
  }

  /** Never rejects: whatever goes wrong is what the test has found. */
  async run(channel: Channel, key: ChannelKey, wish: TestWish, dialects: readonly ServedDialect[]): Promise<Trial> {
    const startedAt = this.#doors.clock.now();
    const facts = { model: wish.model, stream: wish.stream, keyId: key.id, keyHint: key.hint };
    let trial: TrialCall | undefined;
    const type = this.#doors.models.find(wish.model)?.type;
    const operation = type === undefined ? undefined : operations[type];
    const isGuess = operation === undefined && wish.dialect === undefined;
    try {
      trial = this.#callOf(channel, key, wish, dialects, startedAt, operation ?? 'generate');
      if (trial === undefined) return failedTrial(facts, noLanguage(), undefined, startedAt, this.#doors.clock.now(), []);
      return { ...(await this.#sent(trial, key, wish, facts)), isGuess };
    } catch (error) {
      const verdict = BadRequestError.isInstance(error) ? refused(error) : requestFaultVerdict();
      const told = { ...facts, ...(trial === undefined ? {} : placeOf(trial)) };
      return failedTrial(told, verdict, undefined, startedAt, this.#doors.clock.now(), secretsOf(channel, key));
    }
  }

  #callOf(
    channel: Channel,
    key: ChannelKey,
    wish: TestWish,
    dialects: readonly ServedDialect[],
    startedAt: number,
    operation: Operation,
  ): TrialCall | undefined {
    const { newId, newPrefixedId } = this.#doors;
    return trialCall(channel, key, wish, { dialects, requestId: newId(), startedAt, operation, newId: newPrefixedId });
  }

  async #sent(trial: TrialCall, key: ChannelKey, wish: TestWish, facts: TestFacts): Promise<Trial> {
    const { clock } = this.#doors;
    const { call, route } = trial;
    const response = discardingResponse();
    const reply = new ClientReply(response, call.requestId);
    const capture = new AnswerCapture();
    reply.captureInto(capture);
    const meter = new UsageMeter(route.spoken.dialect, meterFraming(call, route), call, 0);
    const attempt = this.#attemptOf(trial, reply, meter);
    let isGivenUp = false;
    // What its adapter still does is told to end, and is not waited for.
    const giveUp = (): void => {
      isGivenUp = true;
      response.destroy();
      attempt.giveUp();
    };
    const timer = setTimeout(giveUp, wish.timeoutMs);
    wish.signal?.addEventListener('abort', giveUp);
    if (wish.signal?.aborted) giveUp();
    const end = await attempt.run().finally(() => {
      clearTimeout(timer);
      wish.signal?.removeEventListener('abort', giveUp);
    });
    const at = clock.now();
    const verdict = isGivenUp ? late() : verdictOf(end);
    const told = {
      ...facts,
      ...placeOf(trial),
      stream: call.facts.stream,
      ...(attempt.upstreamStatus === undefined ? {} : { status: attempt.upstreamStatus }),
      ...(reply.firstByteAt === undefined ? {} : { firstByteMs: Math.max(0, reply.firstByteAt - call.startedAt) }),
    };
    if (verdict !== undefined)
      return failedTrial(
        told,
        verdict,
        end.answered ? undefined : end.words,
        call.startedAt,
        at,
        secretsOf(route.channel, key, attempt.signedWith),
      );
    const { answer } = capture;
    const text = answer === undefined ? '' : answerText(call, answer, this.#contextOf(wish.model)).slice(0, textLengthMax);
    const usage = meter.statedUsage();
    const report: TestReport = {
      ok: true,
      ...told,
      durationMs: at - call.startedAt,
      ...(text === '' ? {} : { text }),
      ...(usage === undefined ? {} : { usage }),
    };
    return { report, startedAt: call.startedAt };
  }

  #attemptOf({ call, route }: TrialCall, reply: ClientReply, meter: UsageMeter): Attempt {
    const { tools, settings, models, newPrefixedId } = this.#doors;
    const translation = new Translation(call, newPrefixedId, models.find(call.facts.model)?.outputTokensMax);
    return new Attempt(tools, {
      call,
      view: callView(call, translation, reply, ''),
      route,
      translation,
      reply,
      races: true,
      meter,
      growth: undefined,
      held: undefined,
      kept: undefined,
      settings: settings.current(relaySettings),
      tap: undefined,
      headArrived: () => undefined,
    });
  }

  #contextOf(model: string): CodecContext {
    const { newPrefixedId, clock } = this.#doors;
    return { lose: () => undefined, newId: newPrefixedId, now: () => clock.now(), model: { id: model } };
  }
}

type TestFacts = Omit<TestReport, 'ok' | 'durationMs' | 'failure'>;

function meterFraming(call: RelayCall, { lane, spoken }: Route) {
  return lane === 'pass' ? call.framing : spoken.dialect.framing;
}

function placeOf({ call, route }: TrialCall): Pick<TestReport, 'upstreamModel' | 'dialect' | 'lane'> {
  return { upstreamModel: route.model, dialect: call.dialect.id, lane: route.lane };
}

function failedTrial(
  facts: TestFacts,
  verdict: Verdict,
  words: string | undefined,
  startedAt: number,
  at: number,
  secrets: readonly string[],
): Trial {
  const { code, kind, scope, message, retryAfterMs } = verdict;
  const upstreamText = words === undefined ? '' : hideSecrets(words, secrets).slice(0, upstreamTextLengthMax);
  const failure: TestFailure = {
    code,
    kind,
    scope,
    message: hideSecrets(message, secrets),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(upstreamText === '' ? {} : { upstreamText }),
  };
  return { report: { ok: false, ...facts, durationMs: at - startedAt, failure }, verdict, words, startedAt };
}

function verdictOf(end: AttemptEnd): Verdict | undefined {
  if (end.verdict !== undefined) return end.verdict;
  return end.answered && end.ending === 'complete' ? undefined : late();
}

function late(): Verdict {
  return verdictForKind('timeout', 504, 'The upstream did not answer in time.', 'upstream_timeout');
}

function noLanguage(): Verdict {
  return {
    ...verdictForKind('overloaded', 503, 'The channel has no language for such a call to this model.', 'no_channel'),
    scope: 'request',
  };
}

function refused({ message, code, field }: BadRequestError): Verdict {
  const verdict = verdictForKind('invalid-request', 400, message, code);
  return { ...verdict, scope: 'request', ...(field === undefined ? {} : { field }) };
}
