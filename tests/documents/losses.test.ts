import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dialects } from '../relay/dialects.js';
import { repositoryFolder } from '../support/repository.js';
import { capabilities } from './capabilities.js';
import { fateOf, lossesPage } from './losses.js';

const page = join(repositoryFolder, 'docs/losses.md');

describe('docs/losses.md', () => {
  it('says what the dialects do (`npm run docs` writes it anew)', () => {
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, lossesPage());
    expect(readFileSync(page, 'utf8')).toBe(lossesPage());
  });
});

describe('a translation', () => {
  /** What every pair of dialects owes its callers whatever else is lost. */
  const essentials = ['text, several turns', 'instructions', 'image, base64', 'tools', 'choice of a tool', 'tool loop'];

  it.each(
    dialects.flatMap((from) => dialects.filter((to) => to.id !== from.id).map((to) => ({ from, to, pair: `${from.id} to ${to.id}` }))),
  )('loses nothing of what everybody uses: $pair', ({ from, to }) => {
    const lost = capabilities
      .filter(({ title }) => essentials.includes(title))
      .filter((capability) => fateOf(capability, from, to)?.length !== 0);
    expect(lost.map(({ title }) => title)).toEqual([]);
  });
});
