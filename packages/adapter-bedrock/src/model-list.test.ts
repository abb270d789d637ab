import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bedrock } from './index.js';
import { listedModels } from './model-list.js';

const foundation: unknown = JSON.parse(readFileSync(new URL('../__fixtures__/bedrock/models.json', import.meta.url), 'utf8'));
const profile = (inferenceProfileId: string, status = 'ACTIVE') => ({ inferenceProfileId, status, type: 'SYSTEM_DEFINED', models: [] });
const profiles = {
  inferenceProfileSummaries: [
    profile('us.anthropic.claude-sonnet-4-5-20250929-v1:0'),
    profile('us.amazon.nova-lite-v1:0'),
    profile('us.stability.stable-image-inpaint-v1:0'),
    profile('us.anthropic.claude-3-haiku-20240307-v1:0', 'INACTIVE'),
  ],
};

describe('the models of a region', () => {
  it('are those that write text, by their own ids and those of profiles', () => {
    expect(listedModels(foundation, profiles, undefined)).toEqual([
      { id: 'amazon.nova-lite-v1:0', title: 'Nova Lite', contextTokensMax: 300_000 },
      { id: 'anthropic.claude-3-haiku-20240307-v1:0', title: 'Claude 3 Haiku', contextTokensMax: 200_000 },
      { id: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', title: 'Claude Sonnet 4.5', contextTokensMax: 200_000 },
      { id: 'us.amazon.nova-lite-v1:0', title: 'Nova Lite', contextTokensMax: 300_000 },
      { id: 'claude-3-haiku', contextTokensMax: 200_000 },
    ]);
  });

  it('are Claude by Anthropic’s names as far as the channel’s profile reaches it', () => {
    const names = listedModels(foundation, profiles, 'us').map(({ id }) => id);
    expect(names).toContain('claude-sonnet-4-5');
    expect(names).not.toContain('claude-3-haiku');
  });

  it.each([undefined, 'gone', {}, { modelSummaries: [null, {}] }])('are none in %o', (body) => {
    expect(listedModels(body, body, undefined)).toEqual([]);
  });

  it('are asked for in two lists, where the region’s control plane is', () => {
    const config = bedrock.config.parse({ apiKey: 'k', region: 'eu-west-1' });
    const asked = [bedrock.models?.request(config), ...(bedrock.models?.more?.(config) ?? [])];
    expect(asked.map((request) => request?.url)).toEqual([
      'https://bedrock.eu-west-1.amazonaws.com/foundation-models?byOutputModality=TEXT',
      'https://bedrock.eu-west-1.amazonaws.com/inference-profiles?maxResults=1000',
    ]);
    expect(asked.map((request) => request?.headers['authorization'])).toEqual(['Bearer k', 'Bearer k']);
  });
});
