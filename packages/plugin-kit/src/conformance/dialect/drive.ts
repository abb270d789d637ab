import type { CanonicalRequest, CanonicalResponse, JsonObject } from '../../canonical.js';
import type { CodecContext, Dialect, Frame, UpstreamFraming } from '../../dialect.js';
import { upstreamScanner } from '../../framing/frame-scanner.js';
import type { Usage } from '../../usage.js';
import { type CheckedSink, checkedSink } from '../checked-sink.js';
import { insist, insistSame } from '../insist.js';
import { deepFreeze, runPurely } from '../run-purely.js';
import { type TrialContext, trialContext } from '../trial-context.js';

/** The body as the gateway would send it: encoded, then edited. */
export function sentBody(dialect: Dialect, request: CanonicalRequest, context: CodecContext): JsonObject {
  deepFreeze(request);
  return runPurely(`${dialect.id}: upstream.encodeRequest`, () => {
    const body = dialect.upstream.encodeRequest(request, context);
    dialect.edits?.request?.(body, context);
    return body;
  });
}

/** What one encoding gave, as it goes over the wire. */
export interface Encoded {
  readonly body: JsonObject;
  readonly context: TrialContext;
}

/** Encodes twice and makes sure that both are the same. */
export function encodedTwice(dialect: Dialect, request: CanonicalRequest): Encoded {
  const [first, second] = [trialContext(), trialContext()];
  const body = wireJson(sentBody(dialect, request, first), `${dialect.id}: the body`);
  insistSame(sentBody(dialect, request, second), body, 'The same request was encoded to another body.');
  insistSame(second.losses, first.losses, 'The same request had other losses.');
  return { body: body as JsonObject, context: first };
}

/** The value as JSON. @throws Error if something would be lost on the way: NaN, a Date, a bigint. */
export function wireJson(value: unknown, what: string): unknown {
  const text = JSON.stringify(value, (_key, member: unknown) => {
    insist(typeof member !== 'number' || Number.isFinite(member), `${what} holds ${String(member)}, which JSON cannot carry.`);
    return member;
  });
  insist(text !== undefined, `${what} is no JSON.`);
  return JSON.parse(text) as unknown;
}

/** Reads a whole answer as the gateway does. @throws UpstreamError for an error in the clothes of a success. */
export function decodedAnswer(dialect: Dialect, body: unknown, context: CodecContext = trialContext()): CanonicalResponse {
  const edited = editedAnswer(dialect, body);
  deepFreeze(edited);
  return runPurely(`${dialect.id}: upstream.decodeResponse`, () => dialect.upstream.decodeResponse(edited, context));
}

/** A copy of a whole answer after the dialect's edits. */
export function editedAnswer(dialect: Dialect, body: unknown): unknown {
  const copy = structuredClone(body);
  if (typeof copy === 'object' && copy !== null) dialect.edits?.frame?.(copy as JsonObject);
  return copy;
}

export function framesIn(dialect: Dialect, bytes: Uint8Array, framing?: UpstreamFraming): readonly Frame[] {
  const frames: Frame[] = [];
  const onFrame = (data: string, event: string | undefined): unknown => frames.push(event === undefined ? { data } : { data, event });
  const scanner = upstreamScanner(dialect, onFrame, framing);
  scanner.push(Buffer.from(bytes));
  scanner.end();
  return frames;
}

/** Reads a stream as the gateway does, from whatever pieces the network made of it. @throws Error as soon as the order of events is broken. */
export function decodedChunks(
  dialect: Dialect,
  chunks: readonly Uint8Array[],
  framing: UpstreamFraming,
  cause: 'done' | 'cut' = 'done',
): CheckedSink {
  return runPurely(`${dialect.id}: upstream.streamDecoder`, () => {
    const sink = checkedSink();
    const decoder = dialect.upstream.streamDecoder(sink, trialContext(), dialect.edits?.frame);
    const scanner = upstreamScanner(dialect, (data, event) => decoder.frame(data, event), framing);
    for (const chunk of chunks) scanner.push(Buffer.from(chunk));
    scanner.end();
    decoder.end(cause);
    return sink;
  });
}

/** Reads frames that have been found already. */
export function decodedFrames(dialect: Dialect, frames: readonly Frame[], cause: 'done' | 'cut' = 'done'): CheckedSink {
  return runPurely(`${dialect.id}: upstream.streamDecoder`, () => {
    const sink = checkedSink();
    const decoder = dialect.upstream.streamDecoder(sink, trialContext(), dialect.edits?.frame);
    for (const { data, event } of frames) decoder.frame(data, event);
    decoder.end(cause);
    return sink;
  });
}

/** The usage that the gateway finds where it passes a stream on without decoding it. */
export function passedUsage(dialect: Dialect, frames: readonly Frame[]): Partial<Usage> {
  const { needles, keep, read } = dialect.usage;
  // With edits every frame is parsed and read; without them a needle has to nominate it.
  const isEdited = dialect.edits !== undefined;
  const nominated = frames.filter(({ data }) => isEdited || needles.some((needle) => data.includes(needle)));
  let stated: Partial<Usage> = {};
  for (const { data } of nominated) {
    if (!/^\s*\{/.test(data)) continue;
    const json = editedAnswer(dialect, JSON.parse(data));
    const into: Partial<Usage> = keep === 'each' || isEdited ? { ...stated } : {};
    runPurely(`${dialect.id}: usage.read`, () => read.call(dialect.usage, json, into));
    if (Object.keys(into).length > 0) stated = into;
  }
  return stated;
}

/** Whether frames that pass say that their answer is whole; undefined for dialects that do not tell. */
export function isPassedWhole(dialect: Dialect, frames: readonly Frame[]): boolean | undefined {
  const { end, edits } = dialect;
  if (end === undefined) return undefined;
  const needles = [...end.wholeNeedles, ...end.failureNeedles];
  let isWhole = end.endsByClosing === true && frames.length > 0;
  for (const { data, event } of frames) {
    const laidOut = event === undefined ? data : `event: ${event}\ndata: ${data}`;
    if (edits === undefined && !needles.some((needle) => laidOut.includes(needle))) continue;
    const frame: unknown = /^\s*\{/.test(data) ? editedAnswer(dialect, JSON.parse(data)) : data;
    const said = runPurely(`${dialect.id}: end.read`, () => end.read(frame, event));
    if (said !== undefined && said !== 'whole') return false;
    isWhole ||= said === 'whole';
  }
  return isWhole;
}

/** Usage that one document states. */
export function readUsage(dialect: Dialect, json: unknown): Partial<Usage> {
  const into: Partial<Usage> = {};
  runPurely(`${dialect.id}: usage.read`, () => dialect.usage.read(editedAnswer(dialect, json), into));
  return into;
}
