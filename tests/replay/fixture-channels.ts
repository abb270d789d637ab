import { type ChannelEntry, type ModelEntry, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import type { Cut } from './cut.js';
import type { Fixture } from './fixtures.js';
import type { ReplayUpstream } from './replay-upstream.js';

/** The model name under which a fixture is asked for: libraries read a slash as a path. */
export function modelNameOf(fixture: Fixture): string {
  return fixture.file.replaceAll('/', '--');
}

/** A channel of its own for each fixture, of the provider that speaks the fixture's dialect. */
export function fixtureChannels(upstream: ReplayUpstream, fixtures: readonly Fixture[], cut?: Cut): readonly ChannelEntry[] {
  return fixtures.map((fixture) => ({
    name: modelNameOf(fixture),
    ...providerOf(fixture, upstream.baseUrl(fixture, cut === undefined ? {} : { cut })),
    models: [modelNameOf(fixture)],
  }));
}

function providerOf(fixture: Fixture, baseUrl: string): Pick<ChannelEntry, 'provider' | 'config'> {
  const config = { baseUrl, apiKey: upstreamKey };
  if (fixture.dialect === 'claude-messages') return { provider: 'claude', config };
  if (fixture.dialect === 'gemini') return { provider: 'gemini', config };
  const provider = fixture.file.startsWith('openai-compatible/') ? 'openai-compatible' : 'openai';
  return { provider, config: { ...config, dialects: [fixture.dialect] } };
}

export function fixtureModels(fixtures: readonly Fixture[]): readonly ModelEntry[] {
  return pricedByTokens(...fixtures.map(modelNameOf));
}
