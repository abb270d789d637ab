import type { JsonObject } from '../../canonical.js';
import type { Dialect } from '../../dialect.js';
import { UpstreamError } from '../../errors.js';
import { operationOf } from '../../operations.js';
import type { KeptResource } from '../../resources.js';
import { requestCounters, usageBuckets } from '../../usage.js';
import { damaged, junkDocuments } from '../canonical/junk.js';
import { type Check, checksOf } from '../check.js';
import type { Recording } from '../fixtures/recordings.js';
import { insist, shown } from '../insist.js';
import { SeededRandom } from '../seeded-random.js';
import { decodedAnswer, decodedFrames, framesIn, readUsage } from './drive.js';

const damagedCount = 300;

/** Upstreams change, break and lie: what they send may be refused, but must not bring anything down. */
export function junkChecks(subject: string, dialect: Dialect, recordings: readonly Recording[], seed: number): readonly Check[] {
  return checksOf(subject, 'bronze', {
    ...(operationOf(dialect) === 'passed'
      ? {}
      : {
          'takes any body for an answer, or throws an UpstreamError': () => {
            for (const body of [...junkDocuments, ...damagedBodies(recordings, seed)]) answerOrRefusal(dialect, body);
          },
        }),
    ...(dialect.kept === undefined
      ? {}
      : {
          'names only texts as what an answer leaves behind': () => {
            for (const body of [...junkDocuments, ...damagedBodies(recordings, seed)]) insistNames(dialect.kept?.read(body) ?? [], body);
          },
        }),
    'reads only whole counts from any body': () => {
      for (const body of [...junkDocuments, ...damagedBodies(recordings, seed)]) insistCounts(readUsage(dialect, body), body);
    },
    'edits any frame': () => {
      for (const body of [...junkDocuments, ...damagedBodies(recordings, seed)]) {
        if (typeof body === 'object' && body !== null) dialect.edits?.frame?.(structuredClone(body) as JsonObject);
      }
    },
  });
}

function insistNames(kept: readonly KeptResource[], body: unknown): void {
  for (const { kind, id } of kept) {
    insist(
      typeof kind === 'string' && kind !== '' && typeof id === 'string' && id !== '',
      `It names ${shown({ kind, id })} in ${shown(body)}`,
    );
  }
}

/** The same for streams. */
export function junkStreamChecks(subject: string, dialect: Dialect, recordings: readonly Recording[], seed: number): readonly Check[] {
  return checksOf(subject, 'bronze', {
    'ends an answer that never began': () => {
      for (const cause of ['done', 'cut'] as const) {
        insist(decodedFrames(dialect, [], cause).response().stop === 'error', `An empty stream ("${cause}") must end with fail().`);
      }
    },
    'ends every stream properly, whatever a frame is': () => {
      const frames = junkDocuments.map((document) => [{ data: JSON.stringify(document) }]);
      for (const stream of [...frames, ...damagedStreams(dialect, recordings, seed)]) decodedOrSyntaxError(dialect, stream);
    },
    'refuses a frame that is no JSON with a SyntaxError, or ignores it': () => {
      decodedOrSyntaxError(dialect, [{ data: '{"cut' }]);
      decodedOrSyntaxError(dialect, [{ data: 'plain words' }]);
    },
  });
}

function damagedBodies(recordings: readonly Recording[], seed: number): readonly unknown[] {
  const random = new SeededRandom(seed);
  const bodies = recordings
    .filter(({ kind }) => kind === 'answer')
    .map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()) as unknown);
  return bodies.length === 0 ? [] : Array.from({ length: damagedCount }, () => damaged(random.pick(bodies), random));
}

function damagedStreams(
  dialect: Dialect,
  recordings: readonly Recording[],
  seed: number,
): readonly (readonly { data: string; event?: string }[])[] {
  const random = new SeededRandom(seed);
  // Long streams repeat themselves: their first frames say it all, at a price that can be paid for each check.
  const streams = recordings
    .filter(({ kind }) => kind === 'stream')
    .map(({ bytes, framing }) => framesIn(dialect, bytes, framing).slice(0, 60));
  if (streams.length === 0) return [];
  return Array.from({ length: damagedCount }, () => {
    const frames = [...random.pick(streams)];
    const place = random.below(frames.length);
    const frame = frames[place];
    if (frame !== undefined && frame.data.startsWith('{'))
      frames[place] = { ...frame, data: JSON.stringify(damaged(JSON.parse(frame.data), random)) };
    return frames;
  });
}

function answerOrRefusal(dialect: Dialect, body: unknown): void {
  try {
    const { usage } = decodedAnswer(dialect, body);
    if (usage !== undefined) insistCounts(usage, body);
  } catch (error) {
    if (!UpstreamError.isInstance(error)) throw complaint(error, body);
  }
}

function decodedOrSyntaxError(dialect: Dialect, frames: readonly { data: string; event?: string }[]): void {
  try {
    decodedFrames(dialect, frames).response();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw complaint(error, frames.slice(-3));
  }
}

function complaint(error: unknown, input: unknown): Error {
  return new Error(`${error instanceof Error ? error.message : String(error)}\n  input: ${shown(input)}`, { cause: error });
}

const counters: readonly string[] = [...usageBuckets, ...requestCounters];

function insistCounts(usage: object, source: unknown): void {
  for (const [bucket, count] of Object.entries(usage)) {
    if (bucket === 'images' || bucket === 'media') continue;
    insist(counters.includes(bucket), `There is no usage bucket "${bucket}".`);
    insist(
      Number.isSafeInteger(count) && (count as number) >= 0,
      `${bucket} is ${String(count)}, not a whole count.\n  input: ${shown(source)}`,
    );
  }
}
