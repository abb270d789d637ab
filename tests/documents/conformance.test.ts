import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { repositoryFolder } from '../support/repository.js';
import { unsaid } from './conformance/cell.js';
import { type Matrix, matrix } from './conformance/matrix.js';
import { ownLanguages } from './conformance/own-language-cells.js';
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
    const cells = [...found.cells, ...found.ownLanguages];
    expect(cells.filter(({ notes }) => notes.some((note) => note.startsWith(unsaid)))).toEqual([]);
  });

  it('gives every seal back to its vendor, and to nobody else', () => {
    expect(found.cells.filter(({ area, status }) => area === 'sealed' && status === 'red')).toEqual([]);
  });

  it('has no red cell of an official library or an agent', () => {
    expect([...found.libraries, ...found.agents].filter(({ status }) => status === 'red')).toEqual([]);
  });

  it('tells every client the text, the calls and the usage of upstreams in languages of their own, and where they break off', () => {
    const cells = found.ownLanguages.filter(({ area }) => area !== 'asked');
    const green = cells.filter(({ capability }) => ['text', 'tool calls', 'answer that breaks off'].includes(capability));
    expect(green.filter(({ status }) => status !== 'green' && status !== 'none')).toEqual([]);
    const always = cells.filter(({ capability }) => ['text', 'usage', 'answer that breaks off'].includes(capability));
    expect(always.filter(({ status }) => status === 'none' || status === 'red')).toEqual([]);
  });

  it('covers every pair of dialects, and every library in front of each', () => {
    const pairs = new Set(found.cells.map(({ client, upstream }) => `${client} ${upstream}`));
    expect(pairs.size).toBe(found.dialects.length ** 2);
    const owns = new Set(found.ownLanguages.map(({ client, upstream }) => `${client} ${upstream}`));
    expect(owns.size).toBe(found.dialects.length * ownLanguages.length);
    const fronts = new Set(found.libraries.map(({ library, upstream }) => `${library} ${upstream}`));
    expect(fronts.size).toBe(new Set(found.libraries.map(({ library }) => library)).size * found.dialects.length);
  });
});
