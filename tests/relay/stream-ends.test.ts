import type { Framing } from '@tollgate/plugin-kit';
import type { SinkCall } from '@tollgate/plugin-kit/conformance';
import { describe, expect, it } from 'vitest';
import { EditLane } from '../../packages/core/src/relay/edit-lane.js';
import { PassLane } from '../../packages/core/src/relay/pass-lane.js';
import type { RelayCall } from '../../packages/core/src/relay/relay-call.js';
import type { StreamLane } from '../../packages/core/src/relay/stream-lane.js';
import { UsageMeter } from '../../packages/core/src/relay/usage-meter.js';
import { allFixtures, announceMissingRecordings, chatDialects, type Fixture, fixtureNamed } from '../replay/fixtures.js';
import { frameEnds, wireResponseOf } from '../replay/wire.js';
import { dialectNamed } from './dialects.js';
import { decodedCalls } from './read-stream.js';

/** What a decoder refuses for its order passes all the same. */
const streams = allFixtures.filter(
  ({ dialect, stream, status, tags }) => chatDialects.has(dialect) && stream && status === 200 && !tags.includes('broken'),
);

function framingOf({ format }: Pick<Fixture, 'format'>): Framing {
  return format === 'json-array-stream' ? 'json-array' : 'sse';
}

function decodedEnd(calls: readonly SinkCall[]): string {
  for (const [name, argument] of calls) {
    if (name === 'stop') return 'whole';
    // A decoder tells an empty answer from one that was broken off; to the caller they are the same.
    if (name === 'fail') return /upstream_(?:cut|empty)/.test(argument.code) ? 'cut' : `failed: ${argument.code}`;
  }
  return 'none';
}

function lanesOf(fixture: Fixture): readonly StreamLane[] {
  const dialect = dialectNamed(fixture.dialect);
  const framing = framingOf(fixture);
  const call = { requestId: 'request-1', dialect, framing, body: Buffer.from('{}'), facts: {} } as unknown as RelayCall;
  const meter = new UsageMeter(dialect, framing, call, 10);
  const pass = new PassLane(call, dialect, meter, false, undefined);
  return framing === 'sse' ? [pass, new EditLane(call, dialect, meter, false, undefined)] : [pass];
}

function endOf(lane: StreamLane, bytes: Buffer, cause: 'done' | 'cut'): string {
  if (bytes.length > 0) lane.take(bytes);
  if (lane.failure === undefined) lane.finish(cause);
  lane.close();
  if (lane.failure === undefined) return 'whole';
  return lane.wasCut ? 'cut' : `failed: ${lane.failure.code}`;
}

/** The streams of each dialect that the vendor fails in, with a part that callers should not read. */
const failures = [
  {
    dialect: 'openai-chat',
    framing: 'sse',
    frames: 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n',
    failure: 'data: {"error":{"message":"of org-1","code":"upstream_secret"}}\n\n',
  },
  {
    dialect: 'openai-responses',
    framing: 'sse',
    frames: 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"a"}\n\n',
    failure: 'data: {"type":"response.failed","response":{"error":{"code":"upstream_secret","message":"of org-1"}}}\n\n',
  },
  {
    dialect: 'claude-messages',
    framing: 'sse',
    frames: 'event: ping\ndata: {"type":"ping"}\n\n',
    failure: 'event: error\ndata: {"type":"error","error":{"type":"api_error","details":{"error_code":"upstream_secret"}}}\n\n',
  },
  ...(['sse', 'json-array'] as const).map((framing) => {
    const frame = '{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}';
    const error =
      '{"error":{"code":503,"status":"UNAVAILABLE","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"UPSTREAM_SECRET"}]}}';
    return {
      dialect: 'gemini',
      framing,
      frames: framing === 'sse' ? `data: ${frame}\r\n\r\n` : `[${frame},\r\n`,
      failure: framing === 'sse' ? `data: ${error}\r\n\r\n` : error,
    };
  }),
];

describe('the end of a stream that is not decoded', () => {
  announceMissingRecordings('stream-ends');

  it.each(streams.map((fixture) => ({ name: fixture.file, fixture })))('is seen where a decoder sees it: $name', ({ fixture }) => {
    const dialect = dialectNamed(fixture.dialect);
    const { body } = wireResponseOf(fixture);
    const ends = frameEnds(body);
    const step = Math.max(1, Math.floor(ends.length / 25));
    // The last frames one by one, the others in steps.
    for (const offset of ends.filter((_, index) => index % step === 0 || index > ends.length - 6)) {
      for (const cause of ['done', 'cut'] as const) {
        const bytes = body.subarray(0, offset);
        const decoded = decodedEnd(decodedCalls({ ...dialect, framing: framingOf(fixture) }, [bytes], cause));
        const seen = lanesOf(fixture).map((lane) => endOf(lane, bytes, cause));
        expect(new Set(seen), `${cause} after ${offset} of ${body.length} bytes`).toEqual(new Set([decoded]));
      }
    }
  });

  it('is not missed in a last frame that is spelled unlike all others', () => {
    const [pass, edit] = lanesOf(fixtureNamed('openai-chat/text.sse'));
    const spelled = Buffer.from('data: { "choices" : [ { "index" : 0 , "delta" : {} , "finish_reason"\t:\t"stop" } ] }\n\n');
    for (const lane of [pass, edit]) expect(lane && endOf(lane, spelled, 'done')).toBe('whole');
  });

  it.each(failures)(
    'keeps back what the upstream says of its failure, and all after it: $dialect, $framing',
    ({ dialect, framing, frames, failure }) => {
      const fixture = { dialect, format: framing === 'sse' ? 'sse-raw' : 'json-array-stream' } as Fixture;
      for (const lane of lanesOf(fixture)) {
        const out = Buffer.from(lane.take(Buffer.from(`${frames}${failure}${frames}`)) ?? '').toString();
        expect(lane.failure?.code).toBe('upstream_secret');
        expect([lane.wasCut, out.replace(/\s+$/, '')]).toEqual([false, frames.replace(/,?\s*$/, '')]);
      }
    },
  );
});
