import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { repositoryFolder } from '../support/repository.js';
import { unsaid } from './conformance/cell.js';
import { type Matrix, matrix } from './conformance/matrix.js';
import { conformanceJson, conformancePage } from './conformance/page.js';

const page = join(repositoryFolder, 'docs/conformance.md');
const json = join(repositoryFolder, 'docs/conformance.json');

describe('the matrix of conformance', () => {
  let found: Matrix;

  beforeAll(async () => {
    found = await matrix();
  });

  it('is what the checks find (`npm run docs` writes it anew)', () => {
    if (process.env['UPDATE_DOCS'] === '1') {
      writeFileSync(page, conformancePage(found));
      writeFileSync(json, conformanceJson(found));
    }
    expect(readFileSync(page, 'utf8')).toBe(conformancePage(found));
    expect(JSON.parse(readFileSync(json, 'utf8'))).toEqual(JSON.parse(conformanceJson(found)));
  });

  it('has nothing that changes on the way without a word', () => {
    expect(found.cells.filter(({ notes }) => notes.some((note) => note.startsWith(unsaid)))).toEqual([]);
  });

  it('gives every seal back to its vendor, and to nobody else', () => {
    expect(found.cells.filter(({ area, status }) => area === 'sealed' && status === 'red')).toEqual([]);
  });

  it('has no red cell of an official library or an agent', () => {
    expect([...found.libraries, ...found.agents].filter(({ status }) => status === 'red')).toEqual([]);
  });

  it('covers every pair of dialects, and every library in front of each', () => {
    const pairs = new Set(found.cells.map(({ client, upstream }) => `${client} ${upstream}`));
    expect(pairs.size).toBe(found.dialects.length ** 2);
    const fronts = new Set(found.libraries.map(({ library, upstream }) => `${library} ${upstream}`));
    expect(fronts.size).toBe(new Set(found.libraries.map(({ library }) => library)).size * found.dialects.length);
  });
});
