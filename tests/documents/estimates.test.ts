import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claude } from '@tollgate/adapter-claude';
import { geminiProvider } from '@tollgate/adapter-gemini';
import { openai, openaiCompatible } from '@tollgate/adapter-openai';
import { usualCharacterWeights } from '@tollgate/plugin-kit';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { announceMissingRecordings } from '../replay/fixtures.js';
import { repositoryFolder } from '../support/repository.js';
import { fittedWeights } from './estimates/fit-weights.js';
import { estimatesPage } from './estimates/page.js';
import { recordedCalls } from './estimates/recorded-calls.js';
import { sampleTexts } from './estimates/sample-texts.js';

const page = join(repositoryFolder, 'docs/estimates.md');
const texts = Object.fromEntries(Object.entries(sampleTexts).map(([name, text]) => [name, { texts: [text], tokens: countTokens(text) }]));

describe('docs/estimates.md', () => {
  announceMissingRecordings('estimates');
  const calls = recordedCalls();

  it.skipIf(calls.length === 0)('says how far estimates are from what vendors stated (`npm run docs` writes it anew)', () => {
    const written = estimatesPage({
      calls,
      texts,
      families: [openai, openaiCompatible, claude, geminiProvider].flatMap(({ id, tokenFamilies = [] }) =>
        tokenFamilies
          .filter((family) => id === openai.id || openai.tokenFamilies?.includes(family) !== true)
          .map((family) => ({ provider: id, family })),
      ),
    });
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, written);
    expect(readFileSync(page, 'utf8')).toBe(written);
  });

  it('has usual weights that are those of the fit to a public tokenizer', () => {
    expect(fittedWeights(Object.values(texts))).toEqual(usualCharacterWeights);
  });
});
