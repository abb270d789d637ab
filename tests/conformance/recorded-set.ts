import { type Fixtures, noFixtures, type Recording } from '@tollgate/plugin-kit/conformance';
import { allFixtures, type Fixture } from '../replay/fixtures.js';
import { wireResponseOf } from '../replay/wire.js';

/** What the set of recorded and hand-written responses has for some dialects, in the form that the conformance suites take. */
export function recordedSet(...dialects: readonly string[]): Fixtures {
  const answers = allFixtures.filter(({ dialect, status }) => dialects.includes(dialect) && status === 200);
  return { ...noFixtures, recordings: answers.flatMap(recordingsOf) };
}

/** The response of a fixture, or the several that a recorder wrote into one file. */
function recordingsOf(fixture: Fixture): readonly Recording[] {
  const { dialect, file, format, responses, tags } = fixture;
  // Two starts in one broken response are no two responses.
  const count = tags.includes('broken') ? 1 : responses;
  return Array.from({ length: count }, (_, index) => ({
    name: index === 0 ? file : `${file} (${index + 1})`,
    dialect,
    kind: format === 'json' ? 'answer' : 'stream',
    bytes: wireResponseOf(fixture, index).body,
    // Of a dialect's two framings, a recording has its own.
    ...(format === 'json-array-stream' ? { framing: 'json-array' as const } : {}),
  }));
}
