import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall } from '../relay/raw-call.js';
import { fixtureChannels, modelNameOf } from '../replay/fixture-channels.js';
import { announceMissingRecordings, type Fixture, recordedFixtures } from '../replay/fixtures.js';
import { type ReplayUpstream, startReplayUpstream } from '../replay/replay-upstream.js';
import { alice, type ModelEntry, openToken } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { usageRowsOf } from '../support/usage-rows.js';

/** Ratios that follow from prices which the vendors have asked, by the beginning of the model's name. */
const ratios: Readonly<Record<string, Omit<ModelEntry, 'name'>>> = {
  'anthropic/claude-sonnet-4.5': { modelRatio: '1.5', completionRatio: '5', cacheRatio: '0.1' },
  'claude-3-opus': { modelRatio: '7.5', completionRatio: '5', cacheRatio: '0.1' },
  'claude-fable-5': { modelRatio: '5', completionRatio: '5', cacheRatio: '0.1' },
  'claude-haiku-4-5': { modelRatio: '0.5', completionRatio: '5', cacheRatio: '0.1' },
  'claude-opus-4-5': { modelRatio: '2.5', completionRatio: '5', cacheRatio: '0.1' },
  'claude-opus-4-6': { modelRatio: '2.5', completionRatio: '5', cacheRatio: '0.1' },
  'claude-opus-5': { modelRatio: '2.5', completionRatio: '5', cacheRatio: '0.1' },
  'claude-sonnet-4': { modelRatio: '1.5', completionRatio: '5', cacheRatio: '0.1' },
  'claude-sonnet-5': { modelRatio: '1', completionRatio: '5', cacheRatio: '0.1' },
  'deepseek-reasoner': { modelRatio: '0.14', completionRatio: '1.5', cacheRatio: '0.1' },
  'deepseek-v4-flash': { modelRatio: '0.14', completionRatio: '1.5', cacheRatio: '0.1' },
  'gemini-2.0-flash': { modelRatio: '0.05', completionRatio: '4', cacheRatio: '0.25' },
  'gemini-2.5-flash': { modelRatio: '0.15', completionRatio: '8.333333333333333', cacheRatio: '0.1' },
  'gemini-2.5-flash-image': { modelRatio: '0.15', completionRatio: '8.333333333333333', imageCompletionRatio: '100' },
  'gemini-2.5-pro': { modelRatio: '0.625', completionRatio: '8', cacheRatio: '0.1' },
  'gemini-3-pro': { modelRatio: '1', completionRatio: '6', cacheRatio: '0.1' },
  'gemini-3.1-pro': { modelRatio: '1', completionRatio: '6', cacheRatio: '0.1' },
  'gemini-3.6-flash': { modelRatio: '0.375', completionRatio: '5', cacheRatio: '0.1' },
  'glm-4.7': { modelRatio: '0.3', completionRatio: '3.666666666666667', cacheRatio: '0.183333333333333' },
  'gpt-4.1-nano': { modelRatio: '0.05', completionRatio: '4', cacheRatio: '0.25' },
  'gpt-4o-2024': { modelRatio: '1.25', completionRatio: '4', cacheRatio: '0.5' },
  'gpt-4o-mini': { modelRatio: '0.075', completionRatio: '4', cacheRatio: '0.5' },
  'gpt-5-2025': { modelRatio: '0.625', completionRatio: '8', cacheRatio: '0.1' },
  'gpt-5-mini': { modelRatio: '0.125', completionRatio: '8', cacheRatio: '0.1' },
  'gpt-5-nano': { modelRatio: '0.025', completionRatio: '8', cacheRatio: '0.1' },
  'gpt-5.1': { modelRatio: '0.625', completionRatio: '8', cacheRatio: '0.1' },
  'gpt-5.2': { modelRatio: '0.875', completionRatio: '8', cacheRatio: '0.1' },
  'gpt-5.3': { modelRatio: '0.875', completionRatio: '8', cacheRatio: '0.1' },
  'gpt-5.6-sol': { modelRatio: '2', completionRatio: '5', cacheRatio: '0.1' },
  'grok-3-mini': { modelRatio: '0.15', completionRatio: '1.666666666666667', cacheRatio: '0.25' },
  'kimi-k3': { modelRatio: '1.5', completionRatio: '5', cacheRatio: '0.1' },
  'llama-3.3': { modelRatio: '0.295', completionRatio: '1.338983050847458' },
  magistral: { modelRatio: '1', completionRatio: '2.5' },
  'qwen3-max': { modelRatio: '0.6', completionRatio: '5', cacheRatio: '0.2' },
  sonar: { modelRatio: '0.5', completionRatio: '1' },
  'zai-org': { modelRatio: '0.035', completionRatio: '5.714285714285714', cacheRatio: '0.142857142857143' },
};

/**
 * File, price, points. Computed outside the gateway from the bytes of each recording and dollars per million tokens, by what the vendors'
 * documents say of their figures, with the fees of tools: 10 dollars for a thousand searches, 14 with Google, 0.03 for a container that runs code,
 * 0.016 for a wide image of low quality.
 */
const table: readonly (readonly [file: string, price: string, points: string])[] = [
  ['openai-chat/openai-text.chunks.txt', 'gpt-4.1-nano', '60.8'],
  ['openai-chat/openai-text.json', 'gpt-4.1-nano', '73.4'],
  ['openai-chat/azure-model-router.1.chunks.txt', 'gpt-5-nano', '15.975'],
  ['openai-responses/openai-reasoning-encrypted-content.1.json', 'gpt-5-mini', '271.125'],
  ['openai-responses/openai-web-search-tool.1.chunks.txt', 'gpt-5-mini', '17882.525'],
  ['openai-responses/openai-web-search-tool.1.json', 'gpt-5-mini', '10815.525'],
  ['openai-responses/openai-code-interpreter-tool.1.chunks.txt', 'gpt-5-nano', '15409.535'],
  ['openai-responses/openai-image-generation-tool.1.chunks.txt', 'gpt-5-2025', '15003.125'],
  ['openai-responses/openai-mcp-tool-approval.1.chunks.txt', 'gpt-5-mini', '100.75'],
  ['openai-responses/openai-custom-tool.1.chunks.txt', 'gpt-5.2', '183.75'],
  ['openai-responses/openai-phase.1.chunks.txt', 'gpt-5.3', '7044.8'],
  ['azure/azure-tool-call.1.chunks.txt', 'gpt-5.1', '148.125'],
  ['openai-compatible/lmstudio-tool-call.1.chunks.txt', 'zai-org', '18.51'],
  ['openai-compatible/xai-tool-call.chunks.txt', 'grok-3-mini', '74.875'],
  ['openai-compatible/deepseek-reasoning.chunks.txt', 'deepseek-reasoner', '48.51'],
  ['openai-compatible/deepseek-tool-call.chunks.txt', 'deepseek-reasoner', '24.57'],
  ['openai-compatible/groq-tool-call.chunks.txt', 'llama-3.3', '67.875'],
  ['openai-compatible/alibaba-tool-call.chunks.txt', 'qwen3-max', '243'],
  ['openai-compatible/mistral-reasoning.chunks.txt', 'magistral', '125'],
  ['openai-compatible/perplexity-citations.chunks.txt', 'sonar', '173'],
  ['openai-compatible/moonshotai-stream.chunks.txt', 'kimi-k3', '103.5'],
  ['claude/anthropic-tool-no-args.chunks.txt', 'claude-sonnet-4', '1207.5'],
  ['claude/anthropic-tool-no-args.json', 'claude-3-opus', '8002.5'],
  ['claude/anthropic-web-search-tool.1.chunks.txt', 'claude-sonnet-4', '34460'],
  ['claude/anthropic-web-search-tool.1.json', 'claude-sonnet-4', '55177'],
  ['claude/anthropic-web-fetch-tool.error.json', 'claude-sonnet-4', '4458'],
  ['claude/anthropic-code-execution-20250825.1.chunks.txt', 'claude-sonnet-4', '17857.5'],
  ['claude/anthropic-code-execution-20260120-prompt-cache.1.chunks.txt', 'claude-sonnet-5', '5796.15'],
  ['claude/anthropic-clear-thinking.1.chunks.txt', 'claude-sonnet-4', '501'],
  ['claude/anthropic-compaction.1.json', 'claude-opus-4-6', '176567.5'],
  ['claude/anthropic-mcp.1.chunks.txt', 'claude-sonnet-4', '2497.5'],
  ['claude/anthropic-refusal.chunks.txt', 'claude-fable-5', '215'],
  ['claude/anthropic-message-delta-input-tokens.chunks.txt', 'claude-opus-4-5', '177.5'],
  ['claude/anthropic-claude-opus-5-reasoning-high.1.json', 'claude-opus-5', '21365'],
  ['gemini/google-text.chunks.txt', 'gemini-3-pro', '1257'],
  ['gemini/google-reasoning-gemini3.chunks.txt', 'gemini-3-pro', '1959'],
  ['gemini/google-tool-call-gemini3.chunks.txt', 'gemini-3-pro', '4943'],
  ['gemini/google-stream-tool-call-arguments.chunks.txt', 'gemini-3.1-pro', '956'],
  ['gemini/google-vertex-stream-tool-call-arguments-nested.1.chunks.txt', 'gemini-3.1-pro', '10291'],
  ['gemini/streaming-success-basic-reply-short.txt', 'gemini-2.0-flash', '2.35'],
  ['gemini/streaming-success-thinking-reply-thought-summary.txt', 'gemini-2.5-flash', '736.5'],
  ['gemini/streaming-success-thinking-function-call-thought-summary-signature.txt', 'gemini-2.5-flash', '223.2'],
  ['gemini/streaming-success-citations.txt', 'gemini-2.0-flash', '276.95'],
  ['gemini/streaming-success-code-execution.txt', 'gemini-2.5-flash', '315.85'],
  ['gemini/streaming-success-empty-parts.txt', 'gemini-2.5-flash-image', '19373.65'],
  ['gemini/unary-success-google-search-grounding.json', 'gemini-2.0-flash', '7012.4'],
  ['gemini/vertex-unary-success-implicit-caching.json', 'gemini-2.5-flash', '394.145'],
  ['gemini/unary-failure-finish-reason-safety.json', 'gemini-2.0-flash', '4.35'],
  ['claude/wire-thinking-stream.sse', 'claude-sonnet-4', '2179.5'],
  ['claude/wire-redacted-thinking-stream.sse', 'claude-sonnet-4', '1555.5'],
  ['claude/thinking-then-tool.1.json', 'claude-sonnet-4', '1759.5'],
  ['claude/thinking-then-tool.2.json', 'claude-sonnet-4', '1794'],
  ['claude/parallel-tools.1.json', 'claude-haiku-4-5', '716.5'],
  ['openai-chat/wire-text-stream.sse', 'gpt-4o-mini', '8.475'],
  ['openai-chat/wire-moderation-stream.sse', 'gpt-5-2025', '63.125'],
  ['openai-chat/prompt-cache-hit.json', 'gpt-5.6-sol', '858.4'],
  ['openai-responses/wire-tool-stream.1.sse', 'gpt-4o-2024', '398.75'],
  ['openai-responses/wire-tool-stream.2.sse', 'gpt-4o-2024', '392.5'],
  ['openai-responses/wire-reasoning-usage-stream.sse', 'gpt-5-2025', '2378.125'],
  ['openai-compatible/wire-openrouter-reasoning.sse', 'anthropic/claude-sonnet-4.5', '334.5'],
  ['openai-compatible/wire-zai-thinking.sse', 'glm-4.7', '624.3'],
  ['openai-compatible/wire-deepseek-responses-tool.sse', 'deepseek-v4-flash', '31.374'],
  ['gemini/wire-gemini3-tool-signature.1.sse', 'gemini-3-pro', '1301'],
  ['gemini/wire-gemini3-tool-signature.2.sse', 'gemini-3-pro', '305'],
  ['gemini/wire-grounding-stream.sse', 'gemini-2.5-pro', '10339.375'],
  ['gemini/max-tokens-empty.json', 'gemini-2.5-pro', '19.375'],
  ['gemini/json-array-stream.json-array', 'gemini-3.6-flash', '553.5'],
];

describe('every recorded answer that states usage, through the gateway', () => {
  announceMissingRecordings('recorded-bills');
  const recorded = new Map(recordedFixtures.map((fixture) => [fixture.file, fixture]));
  const priced = table.flatMap(([file, price, points]) => {
    const fixture = recorded.get(file);
    return fixture === undefined ? [] : [{ fixture, price, points }];
  });
  let upstream: ReplayUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startReplayUpstream();
    gateway = await startGateway({
      apply: {
        models: priced.map(({ fixture, price }) => ({ name: modelNameOf(fixture), ...ratios[price] })),
        channels: fixtureChannels(
          upstream,
          priced.map(({ fixture }) => fixture),
        ),
        users: [alice],
        tokens: [openToken],
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  async function ask(fixture: Fixture): Promise<void> {
    const { dialect, stream, format } = fixture;
    const query = format === 'json-array-stream' ? { query: '' } : {};
    const { status } = await rawCall({ url: gateway.url, key: openToken.key, dialect, model: modelNameOf(fixture), stream, ...query });
    expect([fixture.file, status]).toEqual([fixture.file, 200]);
  }

  it.skipIf(priced.length === 0)('costs what the table says, to the millipoint', async () => {
    for (const { fixture } of priced) await ask(fixture);
    const rows = await usageRowsOf(gateway, openToken.key, priced.length);
    const costs = new Map(rows.map(({ model, cost }) => [model, cost]));
    const charged = priced.map(({ fixture }) => [fixture.file, costs.get(modelNameOf(fixture))]);
    expect(charged).toEqual(priced.map(({ fixture, points }) => [fixture.file, points]));
    await gateway.expectCleanLedger();
  });
});
