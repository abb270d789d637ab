import type { Fixtures, Recording } from '@tollgate/plugin-kit/conformance';
import { allFixtures, type Fixture } from '../replay/fixtures.js';
import { wireResponseOf } from '../replay/wire.js';

/** Vendors whose answers one dialect reads name their streams after their own framing. */
const framings = { 'json-array-stream': { framing: 'json-array' } } as const;

/** What the set of recorded and hand-written responses has for some dialects, in the form that the conformance suites take. */
export function recordedSet(...dialects: readonly string[]): Fixtures {
  const wanted = allFixtures.filter(({ dialect, status, tags }) => dialects.includes(dialect) && status === 200 && tags.includes('chat'));
  return { recordings: wanted.flatMap(recordingsOf), errors: {}, modelLists: {}, configs: {} };
}

function recordingsOf(fixture: Fixture): readonly Recording[] {
  const { dialect, file, format, responses } = fixture;
  const count = fixture.tags.includes('broken') ? 1 : responses;
  return Array.from({ length: count }, (_, index) => ({
    name: index === 0 ? file : `${file} (${index + 1})`,
    dialect,
    kind: format === 'json' ? 'answer' : 'stream',
    bytes: wireResponseOf(fixture, index).body,
    ...(format === 'json-array-stream' ? framings[format] : {}),
  }));
}
