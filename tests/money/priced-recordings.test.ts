import { emptyUsage, FrameScanner, type Usage } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { pointsText } from '../../packages/core/src/foundation/millipoints.js';
import { compileRate, costOf, modelPriceOf } from '../../packages/core/src/modules/pricing/index.js';
import { allFixtures, announceMissingRecordings, chatDialects, type Fixture } from '../replay/fixtures.js';
import { wireResponseOf } from '../replay/wire.js';
import { dialectNamed, repeatableContext } from '../relay/dialects.js';

/**
 * Every recorded answer is priced twice: by the product, and by bills written here from the vendors' documents, straight from the recorded
 * JSON. Prices differ for each kind of token, so that a token in the wrong bucket shows.
 */
const dollarsPerMillion = {
  fresh: 8,
  cached: 3,
  written5m: 11,
  written1h: 17,
  audioIn: 23,
  imageIn: 13,
  out: 31,
  imageOut: 37,
  audioOut: 46,
};
type Kind = keyof typeof dollarsPerMillion;
type Bill = Partial<Record<Kind, number>>;

const price = modelPriceOf({
  modelRatio: '4',
  completionRatio: '3.875',
  cacheRatio: '0.375',
  cacheWriteRatio: '1.375',
  cacheWrite1hRatio: '2.125',
  imageRatio: '1.625',
  imageCompletionRatio: '4.625',
  audioRatio: '2.875',
  audioCompletionRatio: '2',
});
if (price === undefined) throw new Error('no price');
const rate = compileRate({ model: 'm', group: 'g', groupRatio: '1', groupRatioSource: 'group', price, priceSource: 'manual' });

/** A dollar is 500,000 points, so a dollar per million tokens is half a point per token. */
function pointsOf(bill: Bill): number {
  return Object.entries(bill).reduce((sum, [kind, tokens]) => sum + (tokens * dollarsPerMillion[kind as Kind]) / 2, 0);
}

type Json = Readonly<Record<string, unknown>>;

function part(json: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? (value as Json)[name] : undefined), json);
}

function count(json: unknown, ...path: readonly string[]): number {
  const value = part(json, ...path);
  return typeof value === 'number' ? value : 0;
}

/** Prompt and completion contain their details; some vendors leave reasoning out of the completion, which their total gives away. */
function chatBill(frames: readonly Json[]): Bill {
  const usage = frames
    .map((frame) => part(frame, 'usage') ?? part(frame, 'x_groq', 'usage'))
    .findLast((found) => typeof found === 'object' && found !== null);
  const prompt = count(usage, 'prompt_tokens');
  const cached =
    count(usage, 'prompt_tokens_details', 'cached_tokens') || count(usage, 'prompt_cache_hit_tokens') || count(usage, 'cached_tokens');
  const audioIn = count(usage, 'prompt_tokens_details', 'audio_tokens');
  const audioOut = count(usage, 'completion_tokens_details', 'audio_tokens');
  const completion = Math.max(count(usage, 'completion_tokens'), count(usage, 'total_tokens') - prompt);
  return { fresh: prompt - cached - audioIn, cached, audioIn, audioOut, out: completion - audioOut };
}

function responsesBill(frames: readonly Json[]): Bill {
  const usage = frames
    .map((frame) => part(frame, 'response', 'usage') ?? part(frame, 'usage'))
    .findLast((found) => typeof found === 'object' && found !== null);
  const cached = count(usage, 'input_tokens_details', 'cached_tokens');
  return { fresh: count(usage, 'input_tokens') - cached, cached, out: count(usage, 'output_tokens') };
}

/**
 * Input leaves cached tokens out; later events of a stream state anew what they name, and null is no statement. Compaction is billed beside
 * what the answer states.
 */
function claudeBill(frames: readonly Json[]): Bill {
  const stated: Record<string, unknown> = {};
  for (const frame of frames) {
    const usage = part(frame, 'message', 'usage') ?? part(frame, 'usage');
    for (const [name, value] of Object.entries((usage ?? {}) as Json)) if (value !== null) stated[name] = value;
  }
  const written = count(stated, 'cache_creation_input_tokens');
  const written1h = count(stated, 'cache_creation', 'ephemeral_1h_input_tokens');
  const iterations = Array.isArray(stated['iterations']) ? (stated['iterations'] as Json[]) : [];
  const compactions = iterations.filter((iteration) => iteration['type'] === 'compaction');
  const ofAll = (name: string): number => [stated, ...compactions].reduce((sum, usage) => sum + count(usage, name), 0);
  return {
    fresh: ofAll('input_tokens'),
    cached: ofAll('cache_read_input_tokens'),
    written5m: written - written1h,
    written1h,
    out: ofAll('output_tokens'),
  };
}

/** The prompt contains cached tokens and not those that tools added; candidates leave thoughts out. */
function geminiBill(frames: readonly Json[]): Bill {
  const stated: Record<string, unknown> = {};
  for (const frame of frames) Object.assign(stated, part(frame, 'usageMetadata'));
  const ofModality = (list: string, modality: string): number => {
    const details = part(stated, list);
    return Array.isArray(details)
      ? details
          .filter((detail: Json) => detail['modality'] === modality)
          .reduce((sum, detail: Json) => sum + count(detail, 'tokenCount'), 0)
      : 0;
  };
  const cached = count(stated, 'cachedContentTokenCount');
  const [audioIn, imageIn] = [ofModality('promptTokensDetails', 'AUDIO'), ofModality('promptTokensDetails', 'IMAGE')];
  const [audioOut, imageOut] = [ofModality('candidatesTokensDetails', 'AUDIO'), ofModality('candidatesTokensDetails', 'IMAGE')];
  return {
    fresh: count(stated, 'promptTokenCount') - cached - audioIn - imageIn + count(stated, 'toolUsePromptTokenCount'),
    cached,
    audioIn,
    imageIn,
    audioOut,
    imageOut,
    out: count(stated, 'candidatesTokenCount') + count(stated, 'thoughtsTokenCount') - audioOut - imageOut,
  };
}

const bills: Readonly<Record<string, (frames: readonly Json[]) => Bill>> = {
  'openai-chat': chatBill,
  'openai-responses': responsesBill,
  'claude-messages': claudeBill,
  gemini: geminiBill,
};

/** The JSON of every event, or of the whole answer. */
function framesOf(fixture: Fixture): readonly Json[] {
  const { body } = wireResponseOf(fixture);
  if (fixture.format === 'json') return [JSON.parse(body.toString()) as Json];
  const frames: Json[] = [];
  const scanner = new FrameScanner(fixture.format === 'json-array-stream' ? 'json-array' : 'sse', (data) => {
    if (data.startsWith('{')) frames.push(JSON.parse(data) as Json);
  });
  scanner.push(body);
  scanner.end();
  return frames;
}

function meteredBy({ dialect }: Fixture, frames: readonly Json[]): Usage {
  const usage = emptyUsage();
  for (const frame of frames) dialectNamed(dialect).usage.read(frame, usage);
  return usage;
}

const priced = allFixtures.filter(
  ({ dialect, status, tags }) =>
    chatDialects.has(dialect) && status === 200 && tags.includes('chat') && !tags.some((tag) => tag === 'broken' || tag === 'error'),
);

announceMissingRecordings('priced recordings');

describe('recorded answers', () => {
  it('are there', () => {
    expect(priced.length).toBeGreaterThan(0);
  });

  it.each(priced.map((fixture) => ({ file: fixture.file, fixture })))('cost what the vendor would ask: $file', ({ fixture }) => {
    const frames = framesOf(fixture);
    const bill = bills[fixture.dialect]?.(frames) ?? {};
    expect(pointsText(costOf(rate, meteredBy(fixture, frames)))).toBe(String(pointsOf(bill)));
  });

  it.each(priced.filter(({ format }) => format === 'json').map((fixture) => ({ file: fixture.file, fixture })))(
    'cost the same when they are translated: $file',
    ({ fixture }) => {
      const [answer] = framesOf(fixture);
      const { usage } = dialectNamed(fixture.dialect).upstream.decodeResponse(answer, repeatableContext());
      expect(pointsText(costOf(rate, usage))).toBe(String(pointsOf(bills[fixture.dialect]?.([answer as Json]) ?? {})));
    },
  );
});
