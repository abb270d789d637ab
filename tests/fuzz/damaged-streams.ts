import { type CanonicalResponse, type Frame, FrameScanner, type JsonObject } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { writtenFixtures } from '../replay/fixtures.js';
import { wireResponseOf } from '../replay/wire.js';
import type { ServedDialect } from '../relay/dialects.js';
import { playRandomly, someCourse } from './play-randomly.js';
import { anyAnswers } from './some-answers.js';
import { frameCollector, fuzzContext, streamedRequest } from './translation.js';

/** Values that fields have by mistake. */
const junk = fc.oneof(
  fc.constantFrom<unknown>(null, '', 0, -1, 1.5, true, [], {}, [null], [[]], [{}], '5', 'constructor', 1e21, { type: 'news' }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** One thing that goes wrong with a list of frames. Places are numbers that are taken by their remainder. */
type Damage =
  | { readonly kind: 'drop' | 'repeat' | 'cut'; readonly place: number }
  | { readonly kind: 'move' | 'swap'; readonly place: number; readonly other: number }
  | { readonly kind: 'value'; readonly place: number; readonly other: number; readonly value: unknown }
  | { readonly kind: 'text'; readonly place: number; readonly text: string }
  | { readonly kind: 'name'; readonly place: number; readonly text: string }
  | { readonly kind: 'splice'; readonly place: number; readonly frames: readonly Frame[] };

const place = fc.nat({ max: 10_000 });
const texts = fc.oneof(
  fc.constantFrom('', '[DONE]', 'null', '[]', '{}', '{"cut', '"x"', '{"error":{"message":"no"}}'),
  fc.json({ maxDepth: 2 }),
);

function someDamage(frames: fc.Arbitrary<readonly Frame[]>): fc.Arbitrary<Damage> {
  return fc.oneof(
    fc.record({ kind: fc.constantFrom('drop' as const, 'repeat' as const, 'cut' as const), place }),
    fc.record({ kind: fc.constantFrom('move' as const, 'swap' as const), place, other: place }),
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('value' as const), place, other: place, value: junk }) },
    fc.record({ kind: fc.constant('text' as const), place, text: texts }),
    fc.record({ kind: fc.constant('name' as const), place, text: fc.constantFrom('', 'ping', 'error', 'message_stop', 'news') }),
    fc.record({ kind: fc.constant('splice' as const), place, frames }),
  );
}

/** Streams of a dialect: made from any answer in any order, or written by hand from the vendor's documents. */
export function someFrames(dialect: ServedDialect): fc.Arbitrary<readonly Frame[]> {
  const made = fc.tuple(anyAnswers(dialect.vendor), someCourse).map(([response, course]): readonly Frame[] => {
    const out = frameCollector();
    playRandomly(dialect.client.streamEncoder(out, streamedRequest, fuzzContext()), response, course);
    return out.frames;
  });
  return fc.oneof({ weight: 2, arbitrary: made }, fc.constantFrom(...handWritten(dialect)));
}

function handWritten(dialect: ServedDialect): readonly (readonly Frame[])[] {
  return writtenFixtures
    .filter((fixture) => fixture.dialect === dialect.id && fixture.stream)
    .map((fixture) => {
      const frames: Frame[] = [];
      const scanner = new FrameScanner('sse', (data, event) => frames.push(event === undefined ? { data } : { data, event }));
      scanner.push(wireResponseOf(fixture).body);
      scanner.end();
      return frames;
    });
}

/** The same with up to four things wrong. */
export function damagedFrames(dialect: ServedDialect): fc.Arbitrary<readonly Frame[]> {
  const frames = someFrames(dialect);
  return fc
    .tuple(frames, fc.array(someDamage(frames), { minLength: 1, maxLength: 4 }))
    .map(([whole, damages]) => damages.reduce(damaged, whole));
}

function damaged(frames: readonly Frame[], damage: Damage): readonly Frame[] {
  const at = damage.place % Math.max(1, frames.length);
  const frame = frames[at];
  if (frame === undefined) return damage.kind === 'splice' ? damage.frames : frames;
  switch (damage.kind) {
    case 'drop':
      return frames.toSpliced(at, 1);
    case 'repeat':
      return frames.toSpliced(at, 0, frame);
    case 'cut':
      return frames.slice(0, at);
    case 'move':
      return frames.toSpliced(at, 1).toSpliced(damage.other % frames.length, 0, frame);
    case 'swap':
      return frames.with(at, frames[damage.other % frames.length] ?? frame).with(damage.other % frames.length, frame);
    case 'value':
      return frames.with(at, { ...frame, data: withJunk(frame.data, damage.other, damage.value) });
    case 'text':
      return frames.with(at, { ...frame, data: damage.text });
    case 'name':
      return frames.with(at, damage.text === '' ? { data: frame.data } : { ...frame, event: damage.text });
    case 'splice':
      return frames.toSpliced(at, 0, ...damage.frames);
  }
}

/** The frame with one value of its JSON replaced. */
function withJunk(data: string, choice: number, value: unknown): string {
  const json = parsed(data);
  const paths = pathsOf(json).filter(({ length }) => length > 0);
  const path = paths[choice % Math.max(1, paths.length)];
  return path === undefined ? data : JSON.stringify(replaced(json, path, value));
}

/** Undefined for what an earlier damage has left of a frame. */
function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...path, key]))];
}

function replaced(value: unknown, path: readonly string[], substitute: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return substitute;
  if (Array.isArray(value))
    return value.map((member: unknown, index) => (String(index) === key ? replaced(member, rest, substitute) : member));
  const members = Object.entries(value as JsonObject);
  return Object.fromEntries(members.map(([name, member]) => [name, name === key ? replaced(member, rest, substitute) : member]));
}

/** Whole answers of a dialect with one value replaced, or something that is no answer at all. */
export function damagedBodies(dialect: ServedDialect): fc.Arbitrary<unknown> {
  const encoded = (response: CanonicalResponse): string =>
    JSON.stringify(dialect.client.encodeResponse(response, { ...streamedRequest, stream: false }, fuzzContext()));
  const bodies = anyAnswers(dialect.vendor).map(encoded);
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(bodies, place, junk).map(([body, choice, value]) => JSON.parse(withJunk(body, choice, value)) as unknown),
    },
    fc.jsonValue({ maxDepth: 3 }),
  );
}
