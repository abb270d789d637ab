import type { KeptResource } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { KeptFinder } from './kept-finder.js';

function finding(): { readonly finder: KeptFinder; readonly found: string[]; parsed(): number } {
  const found: string[] = [];
  let parsed = 0;
  const read = (json: unknown): readonly KeptResource[] => {
    parsed += 1;
    const { made } = json as { made?: string };
    return made === undefined ? [] : [{ kind: 'test', id: made }];
  };
  const finder = new KeptFinder({ needles: ['"made"'], read }, 'sse', (made) => found.push(...made.map(({ id }) => id)));
  return { finder, found, parsed: () => parsed };
}

describe('the finder of what an answer leaves behind', () => {
  it('parses only events that hold a needle', () => {
    const { finder, found, parsed } = finding();
    finder.pass(Buffer.from('data: {"text":"x"}\n\ndata: {"made":"a"}\n\ndata: {"text":"y"}\n\nevent: e\ndata: {"made":"b"}\n\n'));
    expect(found).toEqual(['a', 'b']);
    expect(parsed()).toBe(2);
  });

  it('is not led astray by what a model writes, nor stopped by what is no JSON', () => {
    const { finder, found } = finding();
    finder.pass(Buffer.from(`data: ${JSON.stringify({ text: 'say "made":"evil"' })}\n\ndata: {"made" broken\n\ndata: [DONE] "made"\n\n`));
    finder.pass(Buffer.from('data: {"made":"a"}\r\n\r\n'));
    expect(found).toEqual(['a']);
  });
});
