import { type Frame, FrameScanner, FrameWriter, type Framing, lastFrameEnd } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EditLane } from '../../packages/core/src/relay/edit-lane.js';
import { PassLane } from '../../packages/core/src/relay/pass-lane.js';
import type { RelayCall } from '../../packages/core/src/relay/relay-call.js';
import type { StreamLane } from '../../packages/core/src/relay/stream-lane.js';
import { TranslateLane } from '../../packages/core/src/relay/translate-lane.js';
import { UsageMeter } from '../../packages/core/src/relay/usage-meter.js';
import { dialects, type ServedDialect } from '../relay/dialects.js';
import { cutAt, someCuts } from './cut-anywhere.js';
import { damagedFrames, someFrames } from './damaged-streams.js';
import { eventRules } from './event-rules.js';
import { fuzzOptions } from './fuzz-options.js';
import { someEventStream } from './sse-grammar.js';
import { fuzzContext, fuzzModel, streamedRequest } from './translation.js';

const broken = { kind: 'network', status: 502, code: 'upstream_broke', message: 'The upstream broke off.' } as const;

/** A blank line may end with the bytes, or with any of its returns. */
const blankLineBytesMax = 2;

function callOf(dialect: ServedDialect, framing: Framing): RelayCall {
  return { requestId: 'request-1', dialect, framing } as unknown as RelayCall;
}

function laidOut(frames: readonly Frame[], framing: Framing): Buffer {
  let text = '';
  const writer = new FrameWriter(framing, (piece) => {
    text += piece;
  });
  for (const { data, event } of frames) writer.frame(data, event);
  writer.end();
  return Buffer.from(text);
}

function framesIn(bytes: Buffer, framing: Framing): readonly Frame[] {
  const frames: Frame[] = [];
  const scanner = new FrameScanner(framing, (data, event) => frames.push(event === undefined ? { data } : { data, event }));
  scanner.push(bytes);
  scanner.end();
  return frames;
}

/** All that a lane gives for bytes that come in pieces. @throws what its codec throws */
function travelled(lane: StreamLane, chunks: readonly Buffer[]): Buffer {
  const pieces: Buffer[] = [];
  const keep = (piece: Buffer | string | undefined): void => {
    if (piece !== undefined) pieces.push(Buffer.from(piece));
  };
  for (const chunk of chunks) keep(lane.take(chunk));
  keep(lane.finish('done'));
  lane.close();
  return Buffer.concat(pieces);
}

describe.each(dialects)('in front of $id', (dialect) => {
  const framings: readonly Framing[] = dialect.id === 'gemini' ? ['sse', 'json-array'] : ['sse'];
  const anyBytes = fc.oneof(
    someEventStream.map(({ text }) => Buffer.from(text)),
    fc.tuple(damagedFrames(dialect), fc.constantFrom(...framings)).map(([frames, framing]) => laidOut(frames, framing)),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  );

  it('the pass lane loses, adds and changes no byte', () => {
    fc.assert(
      fc.property(anyBytes, someCuts, fc.constantFrom(...framings), (bytes, cuts, framing) => {
        const meter = new UsageMeter(dialect, framing, callOf(dialect, framing), 10);
        const lane = new PassLane(callOf(dialect, framing), dialect, meter, false, undefined);
        const out = travelled(lane, cutAt(bytes, cuts));
        expect(out.equals(bytes.subarray(0, out.length))).toBe(true);
        expect(meter.passedBytes).toBe(out.length);
        // What an upstream says of its failure is kept back with all that follows; of an answer that broke off, half a frame.
        if (lane.failure === undefined) expect(out.length).toBe(bytes.length);
        if (lane.wasCut) expect(out.length).toBeGreaterThanOrEqual(lastFrameEnd(framing, bytes) - blankLineBytesMax);
      }),
      fuzzOptions(500),
    );
  });

  it('the pass lane takes out what it demanded itself, and nothing else', () => {
    const isExtra = ({ data }: Frame): boolean => {
      const { needles } = dialect.usage;
      return needles.some((needle) => data.includes(needle)) && dialect.client.usageOnDemand?.isExtraFrame(parsed(data)) === true;
    };
    fc.assert(
      fc.property(damagedFrames(dialect), someCuts, (frames, cuts) => {
        const meter = new UsageMeter(dialect, 'sse', callOf(dialect, 'sse'), 10);
        const lane = new PassLane(callOf(dialect, 'sse'), dialect, meter, true, undefined);
        const out = travelled(lane, cutAt(laidOut(frames, 'sse'), cuts));
        const visible = frames.filter((frame) => !isExtra(frame));
        const passing = lane.failure === undefined ? visible : visible.slice(0, framesIn(out, 'sse').length);
        expect(out.toString()).toBe(laidOut(passing, 'sse').toString());
      }),
      fuzzOptions(300),
    );
  });

  it('the edit lane passes every frame on, or refuses it', () => {
    fc.assert(
      fc.property(damagedFrames(dialect), someCuts, (frames, cuts) => {
        const meter = new UsageMeter(dialect, 'sse', callOf(dialect, 'sse'), 10);
        const lane = new EditLane(callOf(dialect, 'sse'), { ...dialect, edits: { frame: () => undefined } }, meter, false, undefined);
        const out = refusedOr(() => travelled(lane, cutAt(laidOut(frames, 'sse'), cuts)));
        if (out === undefined) return;
        const meaning = (list: readonly Frame[]): unknown => list.map(({ data, ...rest }) => ({ ...rest, data: parsed(data) ?? data }));
        const came = framesIn(laidOut(frames, 'sse'), 'sse');
        const passed = framesIn(out, 'sse');
        expect(meaning(passed)).toEqual(meaning(lane.failure === undefined || lane.wasCut ? came : came.slice(0, passed.length)));
      }),
      fuzzOptions(300),
    );
  });

  it('a stream that ends with an error in the middle is one that clients understand', () => {
    fc.assert(
      fc.property(
        someFrames(dialect),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(...framings),
        (frames, share, framing) => {
          const bytes = laidOut(frames, framing);
          const lane = new PassLane(
            callOf(dialect, framing),
            dialect,
            new UsageMeter(dialect, framing, callOf(dialect, framing), 10),
            false,
            undefined,
          );
          const sent = lane.take(bytes.subarray(0, Math.floor(share * bytes.length)));
          const passed = sent === undefined ? Buffer.alloc(0) : Buffer.from(sent);
          const all = Buffer.concat([passed, Buffer.from(lane.fail(broken, passed.length > 0))]);
          if (framing === 'json-array' && !passed.toString().endsWith(']'))
            expect(() => JSON.parse(all.toString()) as unknown).not.toThrow();
          expect(framesIn(all, framing).at(-1)?.data ?? '').toContain(broken.message);
        },
      ),
      fuzzOptions(200),
    );
  });
});

const pairs = dialects.flatMap((client) => dialects.map((upstream) => ({ client, upstream, pair: `${upstream.id} to ${client.id}` })));

describe.each(pairs)('translated from $pair', ({ client, upstream }) => {
  const check = eventRules[client.id] ?? expect.unreachable(`Nobody wrote down the order of ${client.id}.`);
  const translation = { context: () => fuzzContext(), request: () => streamedRequest };

  function laneOf(): TranslateLane {
    return new TranslateLane(
      callOf(client, 'sse'),
      upstream,
      fuzzModel,
      translation as never,
      new UsageMeter(upstream, 'sse', callOf(client, 'sse'), 10),
    );
  }

  it('any upstream gives events in the order of the client, or an end in error', () => {
    fc.assert(
      fc.property(damagedFrames(upstream), someCuts, (frames, cuts) => {
        const lane = laneOf();
        const pieces: string[] = [];
        try {
          for (const chunk of cutAt(laidOut(frames, 'sse'), cuts)) pieces.push(lane.take(chunk) ?? '');
          pieces.push(lane.finish('done') ?? '');
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
          pieces.push(lane.fail(broken));
          return check(framesIn(Buffer.from(pieces.join('')), 'sse'));
        }
        if (lane.failure !== undefined) pieces.push(lane.fail(lane.failure));
        check(framesIn(Buffer.from(pieces.join('')), 'sse'));
      }),
      fuzzOptions(150),
    );
  });

  it('the same stream gives the same bytes, however it is cut', () => {
    fc.assert(
      fc.property(someFrames(upstream), someCuts, (frames, cuts) => {
        const bytes = laidOut(frames, 'sse');
        expect(travelled(laneOf(), cutAt(bytes, cuts)).toString()).toBe(travelled(laneOf(), [bytes]).toString());
      }),
      fuzzOptions(100),
    );
  });
});

function refusedOr(run: () => Buffer): Buffer | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
