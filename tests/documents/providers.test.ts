import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bedrock } from '@tollgate/adapter-bedrock';
import { claude } from '@tollgate/adapter-claude';
import { dify } from '@tollgate/adapter-dify';
import { geminiProvider } from '@tollgate/adapter-gemini';
import { azureOpenai, openai, openaiCompatible } from '@tollgate/adapter-openai';
import { AccessTokens, vertexProvider } from '@tollgate/adapter-vertex';
import type { ProviderAdapter } from '@tollgate/plugin-kit';
import { type Preset, presetGroups, presetProvider } from '@tollgate/provider-presets';
import { describe, expect, it } from 'vitest';
import { repositoryFolder } from '../support/repository.js';
import { providersPage } from './providers/page.js';

const page = join(repositoryFolder, 'docs/providers.md');
const own: readonly ProviderAdapter[] = [openai, claude, geminiProvider, azureOpenai, openaiCompatible];
const adapters: readonly ProviderAdapter[] = [bedrock, vertexProvider(new AccessTokens()), dify];

describe('docs/providers.md', () => {
  it('lists every provider as it is declared (`npm run docs` writes it anew)', () => {
    const written = providersPage([
      { title: 'The vendors of the languages', providers: own.map((provider) => ({ provider })) },
      { title: 'Places with adapters of their own', providers: adapters.map((provider) => ({ provider })) },
      ...presetGroups.map(({ title, presets }) => ({
        title,
        providers: presets.map((preset: Preset) => ({ preset, provider: presetProvider(preset) })),
      })),
    ]);
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, written);
    expect(readFileSync(page, 'utf8')).toBe(written);
  });
});
