import { describe, expect, it } from 'vitest';
import { piecesAt } from '../replay/cut.js';
import { allFixtures, announceMissingRecordings, chatDialects, type Fixture } from '../replay/fixtures.js';
import { frameEnds, wireResponseOf } from '../replay/wire.js';
import { cutsOf } from './cut-points.js';
import { dialectNamed, dialects } from './dialects.js';
import { decodedCalls, translatedBytes } from './read-stream.js';

/** The gateway asks upstreams for SSE whenever it has to read what they say. */
const streams = allFixtures.filter(
  ({ dialect, stream, status, format }) => chatDialects.has(dialect) && stream && status === 200 && format !== 'json-array-stream',
);

const named = (fixtures: readonly Fixture[]): readonly { readonly name: string; readonly fixture: Fixture }[] =>
  fixtures.map((fixture) => ({ name: `${fixture.file} (${fixture.dialect})`, fixture }));

function endings(calls: ReturnType<typeof decodedCalls>): readonly string[] {
  return calls.map(([call]) => call).filter((call) => call === 'stop' || call === 'fail');
}

describe('a stream', () => {
  announceMissingRecordings('stream-cuts');

  it.each(named(streams))('means the same however it is cut: $name', ({ fixture }) => {
    const dialect = dialectNamed(fixture.dialect);
    const { body } = wireResponseOf(fixture);
    const whole = JSON.stringify(decodedCalls(dialect, [body]));
    for (const offsets of cutsOf(body)) {
      const calls = JSON.stringify(decodedCalls(dialect, piecesAt(body, offsets)));
      if (calls !== whole) expect(calls, `cut at ${offsets.slice(0, 20).join(', ')}`).toBe(whole);
    }
  });

  it.each(named(streams))('reaches clients of every dialect the same however it is cut: $name', ({ fixture }) => {
    const from = dialectNamed(fixture.dialect);
    const { body } = wireResponseOf(fixture);
    const someCuts = cutsOf(body).filter((_, index) => index % 50 === 0);
    for (const to of dialects) {
      const whole = translatedBytes(from, to, [body]);
      for (const offsets of someCuts) expect(translatedBytes(from, to, piecesAt(body, offsets)).equals(whole), `to ${to.id}`).toBe(true);
      expect(endings(decodedCalls(to, [whole])), `as ${to.id} reads it back`).toHaveLength(1);
    }
  });

  it.each(named(streams))('ends once and in order wherever the upstream is cut off: $name', ({ fixture }) => {
    const dialect = dialectNamed(fixture.dialect);
    const { body } = wireResponseOf(fixture);
    const ends = [0, ...frameEnds(body)];
    const step = Math.max(1, Math.floor(ends.length / 40));
    for (const end of ends.filter((_, index) => index % step === 0)) {
      for (const offset of [end, end + 9]) {
        expect(endings(decodedCalls(dialect, [body.subarray(0, offset)], 'cut')), `cut off at ${offset}`).toHaveLength(1);
        for (const to of dialects) {
          const read = decodedCalls(to, [translatedBytes(dialect, to, [body.subarray(0, offset)], 'cut')]);
          expect(endings(read), `cut off at ${offset}, as ${to.id}`).toHaveLength(1);
        }
      }
    }
  });
});
