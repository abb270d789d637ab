import type { CanonicalResponse } from '../../canonical.js';
import type { Dialect, Frame } from '../../dialect.js';
import { UpstreamError } from '../../errors.js';
import { operationOf } from '../../operations.js';
import { emptyUsage, inputTokens, outputTokens, type Usage } from '../../usage.js';
import { type Check, checksOf } from '../check.js';
import type { Recording } from '../fixtures/recordings.js';
import { firstDifference, insist, insistSame, shown } from '../insist.js';
import { SeededRandom } from '../seeded-random.js';
import { trialContext } from '../trial-context.js';
import { decodedAnswer, decodedChunks, decodedFrames, framesIn, isPassedWhole, passedUsage, readUsage } from './drive.js';
import { statedTotal } from './stated-total.js';

const everyByteMax = 4_096;
const everyFrameMax = 150;
const sampleCount = 100;

/** What a recorded whole answer has to show. */
export function answerChecks(subject: string, dialect: Dialect, recording: Recording): readonly Check[] {
  const { name, expected } = recording;
  const body = (): unknown => JSON.parse(Buffer.from(recording.bytes).toString());
  const decoded = (): CanonicalResponse | undefined => answerUnlessRefused(dialect, body());
  return [
    ...checksOf(subject, 'silver', {
      [`reads the recorded answer "${name}" the same each time`]: () =>
        insistSame(decoded(), decoded(), 'The same body was read as another answer.'),
    }),
    ...(operationOf(dialect) === 'count-tokens'
      ? []
      : checksOf(subject, 'silver', {
          [`bills "${name}" alike, passed or translated`]: () => {
            const answer = decoded();
            if (answer !== undefined)
              insistSame({ ...emptyUsage(), ...readUsage(dialect, body()) }, answer.usage, 'usage.read and decodeResponse disagree.');
          },
          [`bills all that "${name}" states, and nothing twice`]: () => {
            const answer = decoded();
            if (answer !== undefined) insistTotal(answer.usage, statedTotal([body()]));
          },
        })),
    ...(expected === undefined
      ? []
      : checksOf(subject, 'silver', {
          [`reads from "${name}" what is expected`]: () => insistExpected(decoded() ?? { stop: 'error' }, expected),
        })),
  ];
}

/** What a recorded stream has to show. */
export function streamChecks(subject: string, dialect: Dialect, recording: Recording, seed: number): readonly Check[] {
  const { name, bytes, expected } = recording;
  const framing = recording.framing ?? dialect.framing;
  const frames = (): readonly Frame[] => framesIn(dialect, bytes, framing);
  const whole = (): CanonicalResponse => decodedChunks(dialect, [bytes], framing).response();
  return [
    ...checksOf(subject, 'silver', {
      [`reads the recorded stream "${name}" in order, the same each time`]: () => {
        insistSame(
          decodedFrames(dialect, frames()).calls,
          decodedChunks(dialect, [bytes], framing).calls,
          'The same stream was read as another answer.',
        );
      },
      [`does not notice where the network cut "${name}"`]: () => {
        const { calls } = decodedChunks(dialect, [bytes], framing);
        for (const chunks of cutsOf(bytes, seed)) {
          const message = `Cut into ${chunks.length} pieces (the first has ${chunks[0]?.length} bytes), the stream was read as another answer.`;
          insistSame(decodedChunks(dialect, chunks, framing).calls, calls, message);
        }
      },
      [`ends "${name}" once and properly, after whichever frame it breaks off`]: () => {
        for (const length of lengthsOf(frames().length, seed)) decodedFrames(dialect, frames().slice(0, length), 'cut').response();
      },
      [`sees that "${name}" is whole where it passes, too`]: () => {
        // Not the other way round: what a decoder refuses for its order passes all the same.
        const isWhole = decodedFrames(dialect, frames()).calls.some(([call]) => call === 'stop');
        insist(
          !isWhole || isPassedWhole(dialect, frames()) !== false,
          'By "end" the answer was broken off; streamDecoder reads it to its stop.',
        );
      },
      [`bills "${name}" alike, passed or translated`]: () => {
        const { stop, usage } = whole();
        if (stop !== 'error')
          insistSame({ ...emptyUsage(), ...passedUsage(dialect, frames()) }, usage, 'usage.read and streamDecoder disagree.');
      },
      [`bills all that "${name}" states, and nothing twice`]: () => {
        const { stop, usage } = whole();
        if (stop !== 'error') insistTotal(usage, statedTotal(frames().map(({ data }) => jsonOrUndefined(data))));
      },
    }),
    ...(expected === undefined
      ? []
      : checksOf(subject, 'silver', { [`reads from the stream "${name}" what is expected`]: () => insistExpected(whole(), expected) })),
  ];
}

/** Two recordings of one name are one answer, whole and streamed. */
export function pairChecks(subject: string, dialect: Dialect, answer: Recording, stream: Recording): readonly Check[] {
  return checksOf(subject, 'gold', {
    [`reads "${answer.name}" alike, whole and streamed`]: () => {
      const whole = answerUnlessRefused(dialect, JSON.parse(Buffer.from(answer.bytes).toString()));
      const streamed = decodedChunks(dialect, [stream.bytes], stream.framing ?? dialect.framing).response();
      insistSame(
        withoutIds(streamed),
        whole === undefined ? undefined : withoutIds(whole),
        'Whole and streamed, it is not the same answer.',
      );
    },
  });
}

function answerUnlessRefused(dialect: Dialect, body: unknown): CanonicalResponse | undefined {
  try {
    return decodedAnswer(dialect, body, trialContext());
  } catch (error) {
    if (UpstreamError.isInstance(error)) return undefined;
    throw error;
  }
}

/** Ids are made anew for each answer, and seals too. */
function withoutIds({ id: _id, blocks, ...rest }: CanonicalResponse): object {
  return { ...rest, blocks: blocks.map(({ seal: _seal, ...block }) => ('id' in block ? { ...block, id: '' } : block)) };
}

function insistExpected(answer: object, expected: object): void {
  const difference = firstDifference(answer, expected);
  insist(difference === undefined, `"${difference}" is not as expected.\n  is: ${shown(answer)}`);
}

function insistTotal(usage: Usage, stated: number | undefined): void {
  if (stated === undefined) return;
  const sum = inputTokens(usage) + outputTokens(usage);
  insist(sum === stated, `The buckets add up to ${sum}, the vendor states ${stated} in all.\n  usage: ${shown(usage)}`);
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The stream in two pieces, cut at every byte while it is small and at some otherwise, and in many pieces. */
function* cutsOf(bytes: Uint8Array, seed: number): Generator<readonly Uint8Array[]> {
  const random = new SeededRandom(seed);
  const isSmall = bytes.length <= everyByteMax;
  for (let cut = 1; cut < (isSmall ? bytes.length : sampleCount); cut += 1) {
    const place = isSmall ? cut : 1 + random.below(bytes.length - 1);
    yield [bytes.subarray(0, place), bytes.subarray(place)];
  }
  yield Array.from({ length: bytes.length }, (_, index) => bytes.subarray(index, index + 1));
  for (const sizeMax of [7, 64, 1_500]) yield inPieces(bytes, sizeMax, random);
}

function inPieces(bytes: Uint8Array, sizeMax: number, random: SeededRandom): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const size = 1 + random.below(sizeMax);
    pieces.push(bytes.subarray(start, start + size));
    start += size;
  }
  return pieces;
}

/** After how many frames to break off: all numbers while they are few, else the first, the last and some. */
function lengthsOf(frameCount: number, seed: number): readonly number[] {
  const all = Array.from({ length: frameCount + 1 }, (_, index) => index);
  if (frameCount <= everyFrameMax) return all;
  const random = new SeededRandom(seed);
  return [...all.slice(0, 20), ...all.slice(-20), ...Array.from({ length: sampleCount }, () => random.below(frameCount))];
}
