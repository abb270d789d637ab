import type { Block, CanonicalRequest, CanonicalResponse, Seal } from '../../canonical.js';
import { UpstreamError } from '../../errors.js';
import { FrameWriter } from '../../framing/frame-writer.js';
import { wrapSeal } from '../../seal.js';
import type { CanonicalSink } from '../../sink.js';
import { inputTokens, outputTokens } from '../../usage.js';
import { type FailureKind, verdictForKind } from '../../verdict.js';
import { trialAnswers, type TrialAnswer } from '../canonical/answers.js';
import { playInterleaved, playResponse } from '../canonical/play-response.js';
import { type Check, checksOf } from '../check.js';
import type { CheckedSink } from '../checked-sink.js';
import { holdsText, insist, insistSame, isSameJson, shown } from '../insist.js';
import { failureKinds } from '../failure-kinds.js';
import { runPurely } from '../run-purely.js';
import { type TrialContext, trialContext, trialModel } from '../trial-context.js';
import { type ServedDialect, targetOf } from './client-requests.js';
import { decodedAnswer, decodedChunks, decodedFrames, framesIn, wireJson } from './drive.js';

/** The half that faces clients: what it tells them, whole and streamed. Its own upstream half is the client that listens. */
export function clientAnswerChecks(subject: string, dialect: ServedDialect): readonly Check[] {
  return [
    ...trialAnswers(dialect.vendor).flatMap((answer) =>
      checksOf(subject, 'bronze', {
        [`tells a client ${answer.title}, and says what it cannot`]: () => checkWhole(dialect, answer),
        [`streams a client ${answer.title} as it would tell it whole`]: () => checkStreamed(dialect, answer),
      }),
    ),
    ...checksOf(subject, 'bronze', {
      'streams blocks that grow at the same time': () => checkInterleaved(dialect),
      'hides the seals of other vendors from clients that would take them for their own': () => checkForeignSeals(dialect),
      'tells every kind of failure, whole': () => {
        for (const kind of failureKinds) checkError(dialect, kind);
      },
      'tells a failure in the middle of a stream, and before it': () => checkStreamErrors(dialect),
    }),
  ];
}

function requestFor(stream: boolean): CanonicalRequest {
  return {
    model: trialModel,
    stream,
    turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hello' }] }],
    tools: [{ name: 'weather' }, { name: 'mark_clock' }],
    ...(stream ? { usageInStream: true } : {}),
  };
}

function told(dialect: ServedDialect, response: CanonicalResponse, context: TrialContext): unknown {
  const body = runPurely(`${dialect.id}: client.encodeResponse`, () => dialect.client.encodeResponse(response, requestFor(false), context));
  return wireJson(body, 'The answer');
}

/** The bytes of a streamed answer. */
function streamed(dialect: ServedDialect, play: (sink: CanonicalSink) => void, context: TrialContext): Buffer {
  let text = '';
  const writer = new FrameWriter(dialect.client.framing(targetOf(dialect, true)), (piece) => {
    text += piece;
  });
  runPurely(`${dialect.id}: client.streamEncoder`, () => play(dialect.client.streamEncoder(writer, requestFor(true), context)));
  writer.end();
  return Buffer.from(text);
}

function heard(dialect: ServedDialect, bytes: Buffer): CheckedSink {
  return decodedChunks(dialect, [bytes], dialect.client.framing(targetOf(dialect, true)));
}

function checkWhole(dialect: ServedDialect, { response, marks }: TrialAnswer): void {
  const [context, again] = [trialContext(), trialContext()];
  const body = told(dialect, response, context);
  insistSame(told(dialect, response, again), body, 'The same answer was told in another way.');
  const read = decodedAnswer(dialect, body);
  if (context.losses.length === 0) {
    for (const mark of marks)
      insist(holdsText(read, mark), `"${mark}" does not reach the client, and no loss was said.\n  read: ${shown(read)}`);
  }
  insistSame(
    [inputTokens(read.usage), outputTokens(read.usage)],
    [inputTokens(response.usage), outputTokens(response.usage)],
    'The client is told other usage.',
  );
  // A dialect without tools cannot say that it waits for one.
  if (response.stop === 'length' || (response.stop === 'tool' && context.losses.length === 0))
    insistSame(read.stop, response.stop, 'The client is told another reason for the end.');
  insist(read.stop !== 'error', 'The client takes the answer for a failure.');
}

function checkStreamed(dialect: ServedDialect, { response }: TrialAnswer): void {
  const whole = decodedAnswer(dialect, told(dialect, response, trialContext()));
  const bytes = streamed(dialect, (sink) => playResponse(sink, response), trialContext());
  insistSame(withoutId(heard(dialect, bytes).response()), withoutId(whole), 'Streamed, the client reads another answer.');
}

function withoutId({ id: _id, ...rest }: CanonicalResponse): object {
  return rest;
}

function checkInterleaved(dialect: ServedDialect): void {
  const calls = ['Berne', 'Basle', 'Geneva'].map(
    (city, index): Block => ({ type: 'tool-call', id: `call_${index}`, name: 'weather', arguments: JSON.stringify({ city }) }),
  );
  const [first] = trialAnswers(dialect.vendor);
  const response: CanonicalResponse = { ...(first as TrialAnswer).response, blocks: calls, stop: 'tool' };
  const context = trialContext();
  const { blocks } = heard(
    dialect,
    streamed(dialect, (sink) => playInterleaved(sink, response), context),
  ).response();
  if (context.losses.length > 0) return;
  for (const call of calls)
    insist(
      blocks.some((block) => isSameJson(block, call)),
      `A call was not heard as it was made.\n  is: ${shown(blocks)}`,
    );
}

/** Wrapped, they find their vendor again when the client sends them back; bare, the client's own vendor would refuse them. */
function checkForeignSeals(dialect: ServedDialect): void {
  const seal: Seal = { vendor: 'elsewhere', value: 'c2VhbC1vZi1lbHNld2hlcmU' };
  const [first] = trialAnswers(dialect.vendor);
  const blocks: readonly Block[] = [
    { type: 'thinking', text: 'Hm.', seal },
    { type: 'tool-call', id: 'call_1', name: 'weather', arguments: '{}', seal },
  ];
  const response: CanonicalResponse = { ...(first as TrialAnswer).response, blocks, stop: 'tool' };
  const whole = JSON.stringify(told(dialect, response, trialContext()));
  const stream = streamed(dialect, (sink) => playResponse(sink, response), trialContext()).toString();
  for (const text of [whole, stream]) {
    insist(
      !text.replaceAll(wrapSeal(seal), '').includes(seal.value),
      'The seal of another vendor reaches the client as if it were its own.',
    );
  }
}

function checkError(dialect: ServedDialect, kind: FailureKind): void {
  const status = kind === 'rate-limit' ? 429 : 400;
  const { scope: _scope, retry: _retry, ...error } = verdictForKind(kind, status, 'mark-message', 'mark_code');
  const encoded = dialect.client.encodeError({ ...error, field: 'mark.field', retryAfterMs: 1_500 }, 'request-1');
  insist(encoded.status >= 400 && encoded.status < 600, `The status of ${kind} is ${encoded.status}.`);
  const body = wireJson(encoded.body, 'The error');
  insist(holdsText(body, 'mark-message'), `The message of ${kind} does not reach the client.`);
  try {
    decodedAnswer(dialect, body);
  } catch (thrown) {
    if (UpstreamError.isInstance(thrown)) return;
    throw thrown;
  }
  throw new Error(`The error of kind ${kind} would be taken for an answer: ${shown(body)}`);
}

function checkStreamErrors(dialect: ServedDialect): void {
  const verdict = verdictForKind('overloaded', 503, 'mark-message', 'mark_code');
  const begin = (sink: CanonicalSink): void => {
    sink.start('answer_1', trialModel);
    sink.openBlock(0, { type: 'text' });
    sink.textDelta(0, 'Half an ');
  };
  const midway = streamed(
    dialect,
    (sink) => {
      begin(sink);
      sink.fail(verdict);
    },
    trialContext(),
  );
  const early = streamed(dialect, (sink) => sink.fail(verdict), trialContext());
  for (const bytes of [midway, early]) {
    insist(heard(dialect, bytes).calls.at(-1)?.[0] === 'fail', `A client does not hear the failure: ${shown(bytes.toString())}`);
    insist(bytes.includes('mark-message'), 'The message of the failure does not reach the client.');
  }
  const passed = streamed(dialect, begin, trialContext());
  const frames = framesIn(dialect, passed, dialect.client.framing(targetOf(dialect, true)));
  const ending = dialect.client.encodeStreamError(verdict, 'request-1');
  insist(
    decodedFrames(dialect, [...frames, ...ending]).calls.at(-1)?.[0] === 'fail',
    `A client does not hear the failure: ${shown(ending)}`,
  );
}
