import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { productFolder, repositoryFolder } from './support/repository.js';
import { testTitlesOf } from './support/test-titles.js';

const promiseSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    from: z.string().regex(/^[GSD]\d+(-\d+)?$/),
    area: z.string().min(1),
    promise: z.string().min(1),
    state: z.literal('owed').optional(),
    proven_by: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  })
  .refine((entry) => (entry.state === undefined) !== (entry.proven_by === undefined), 'says either `state: owed` or `proven_by`');

type PromiseEntry = z.output<typeof promiseSchema>;

const documents = { G: 'feature-guide.txt', S: 'system-settings.txt', D: 'decisions.md' } as const;

function readPromises(text: string): readonly PromiseEntry[] {
  return z.array(promiseSchema).parse(parse(text));
}

const promises = readPromises(readFileSync(join(repositoryFolder, 'docs/promises.yaml'), 'utf8'));

function repeatedIds(entries: readonly PromiseEntry[]): readonly string[] {
  const ids = entries.map((entry) => entry.id);
  return ids.filter((id, position) => ids.indexOf(id) !== position);
}

/** Proofs that name no existing test, with the reason. */
function missingProofs(entries: readonly PromiseEntry[]): readonly string[] {
  return entries.flatMap((entry) =>
    [entry.proven_by ?? []].flat().flatMap((proof) => faultOf(proof).map((fault) => `${entry.id}: ${fault}`)),
  );
}

function faultOf(proof: string): readonly string[] {
  const [file = '', title] = proof.split(/ > (.*)/s);
  if (title === undefined) return [`"${proof}" is not "<file> > <title of the test>"`];
  const path = join(repositoryFolder, file);
  if (!existsSync(path)) return [`there is no file ${file}`];
  return testTitlesOf(path).has(title) ? [] : [`${file} has no test "${title}"`];
}

/**
 * A line promises something if it is a list item or a sentence, formula, table row or JSON of an example: what has a list mark, a digit or
 * sentence punctuation. Headings have neither. Captions of pictures, preambles and the table of contents at the end are not promises.
 */
function promisingLines(text: string): readonly number[] {
  const lines = text.split('\n');
  const contents = lines.findIndex((line) => line.startsWith('How is this guide?'));
  return lines.slice(0, contents < 0 ? undefined : contents).flatMap((line, position) => {
    const caption = /页面\d?$/.test(line.trim());
    const preamble = /^(# Where|The documents are)/.test(line);
    return !caption && !preamble && /^\s*[-•\d]|[.:=[\]{}"]|\d/.test(line) ? [position + 1] : [];
  });
}

function linesOf(entry: PromiseEntry): { readonly document: string; readonly first: number; readonly last: number } {
  const [first = 0, last = first] = entry.from.slice(1).split('-').map(Number);
  return { document: entry.from.slice(0, 1), first, last };
}

function unclaimedLines(document: keyof typeof documents, text: string): readonly string[] {
  const ranges = promises.map(linesOf).filter((range) => range.document === document);
  return promisingLines(text)
    .filter((line) => !ranges.some((range) => range.first <= line && line <= range.last))
    .map((line) => `${documents[document]}:${line} ${text.split('\n')[line - 1] ?? ''}`);
}

describe('the list of promises', () => {
  it('names each promise once', () => {
    expect(repeatedIds(promises)).toEqual([]);
    expect(repeatedIds([...promises.slice(0, 1), ...promises.slice(0, 1)])).toHaveLength(1);
  });

  it('names tests that exist', () => {
    expect(missingProofs(promises)).toEqual([]);
  });

  it('notices a proof whose file or test is gone, and an entry without a state', () => {
    const entry = (proof: string): PromiseEntry => ({ id: 'x', from: 'G1', area: 'x', promise: 'x', proven_by: proof });
    expect(missingProofs([entry('tests/none.test.ts > x')])).toEqual(['x: there is no file tests/none.test.ts']);
    expect(missingProofs([entry('tests/promises.test.ts > sleeps')])).toEqual(['x: tests/promises.test.ts has no test "sleeps"']);
    expect(() => readPromises('- { id: x, from: G1, area: x, promise: x }')).toThrow(/either/);
  });

  it('counts items, sentences, formulas and examples, and no headings', () => {
    expect(
      promisingLines(
        ['Heading', '', '- item', 'A sentence.', '  • field', 'x = y', '{', '设置 - 页面1', 'How is this guide?', '- contents'].join('\n'),
      ),
    ).toEqual([3, 4, 5, 6, 7]);
  });

  for (const document of ['G', 'S', 'D'] as const)
    it.skipIf(productFolder === undefined)(`covers every line of the document ${document}`, () => {
      expect(unclaimedLines(document, readFileSync(join(productFolder ?? '', documents[document]), 'utf8'))).toEqual([]);
    });
});
