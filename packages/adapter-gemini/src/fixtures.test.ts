import { existsSync, readFileSync } from 'node:fs';
import { type Framing, FrameScanner, type JsonObject, usageBuckets } from '@tollgate/plugin-kit';
import { type CheckedSink, checkedSink } from '@tollgate/plugin-kit/conformance';
import { describe, expect, it } from 'vitest';
import { decodeRequest } from './gemini/decode-request.js';
import { decodeResponse } from './gemini/decode-response.js';
import { verdictOfError } from './gemini/error-verdict.js';
import { StreamDecoder } from './gemini/stream-decoder.js';
import { geminiUsage } from './gemini/usage.js';
import { testContext } from './testing/test-context.js';

/** Recorded answers of the service; they are not part of the repository. */
const folder = new URL('../../../../shared/fixtures/', import.meta.url);
const isHere = existsSync(folder);
const withFixtures = describe.skipIf(!isHere);

interface Fixture {
  readonly file: string;
  readonly format: 'json' | 'jsonl-chunks' | 'sse-raw' | 'json-array-stream';
  readonly dialect: string;
  readonly status: number;
  readonly requestFile?: string;
}

const fixtures: readonly Fixture[] = isHere
  ? (JSON.parse(text('MANIFEST.json')) as { files: Fixture[] }).files.filter((fixture) => fixture.dialect === 'gemini')
  : [];

const framings: Readonly<Record<Exclude<Fixture['format'], 'json'>, Framing>> = {
  'jsonl-chunks': 'json-lines',
  'sse-raw': 'sse',
  'json-array-stream': 'json-array',
};

function text(file: string): string {
  return readFileSync(new URL(file, folder), 'utf8');
}

function framesOf(fixture: Fixture): readonly string[] {
  if (fixture.format === 'json') return [text(fixture.file)];
  const frames: string[] = [];
  const scanner = new FrameScanner(framings[fixture.format], (data) => frames.push(data));
  scanner.push(readFileSync(new URL(fixture.file, folder)));
  scanner.end();
  return frames;
}

function decode(frames: readonly string[], end: 'done' | 'cut' = 'done'): CheckedSink {
  const sink = checkedSink();
  const decoder = new StreamDecoder(sink, testContext());
  for (const frame of frames) decoder.frame(frame);
  decoder.end(end);
  return sink;
}

/** The last count of a total, which contains every bucket once. */
function statedTotal(frames: readonly string[]): number | undefined {
  return frames
    .map((frame) => (JSON.parse(frame) as { usageMetadata?: { totalTokenCount?: number } }).usageMetadata?.totalTokenCount)
    .findLast((total) => total !== undefined);
}

const answers = fixtures.filter((fixture) => fixture.status === 200);
const failures = fixtures.filter((fixture) => fixture.status !== 200);

withFixtures('recorded answer (needs ../shared/fixtures)', () => {
  it.each(answers)('$file is read in order, twice alike', (fixture) => {
    const frames = framesOf(fixture);
    expect(frames.length).toBeGreaterThan(0);
    const { calls } = decode(frames);
    expect(calls.at(-1)?.[0]).toBe(fixture.file.includes('error-mid-stream') ? 'fail' : 'stop');
    expect(decode(frames).calls).toEqual(calls);
  });

  it.each(answers)('$file has the usage that it states', (fixture) => {
    const frames = framesOf(fixture);
    const total = statedTotal(frames);
    const { usage } = decode(frames).response();
    expect(usageBuckets.reduce((sum, bucket) => sum + usage[bucket], 0)).toBe(total ?? 0);
    const nominated = frames.filter((frame) => geminiUsage.needles.some((needle) => frame.includes(needle)));
    expect(nominated.length > 0).toBe(total !== undefined);
  });

  it.each(answers)('$file may be cut after any frame', (fixture) => {
    const frames = framesOf(fixture);
    for (let length = 0; length <= frames.length; length += 1)
      expect(['stop', 'fail']).toContain(decode(frames.slice(0, length), 'cut').calls.at(-1)?.[0]);
  });

  it.each(answers.filter((fixture) => fixture.format === 'json'))('$file is the same as a whole body', (fixture) => {
    expect(decodeResponse(JSON.parse(text(fixture.file)), testContext())).toEqual(decode(framesOf(fixture)).response());
  });

  it.each(answers.filter((fixture) => fixture.requestFile !== undefined))('$requestFile is understood', (fixture) => {
    const body = JSON.parse(text(fixture.requestFile ?? '')) as JsonObject;
    const request = decodeRequest(body, { model: 'gemini', stream: false }, testContext());
    expect(request.turns.at(-1)?.role).toBe('user');
  });

  it.each([
    ['google-stream-tool-call-arguments.chunks.txt', ['{"location":"Boston"}', '{"location":"San Francisco"}']],
    ['google-tool-call-gemini3.chunks.txt', ['{"location":"San Francisco"}']],
    ['vertex-unary-success-function-call-parallel-calls.json', ['{"y":1,"x":2}', '{"y":3,"x":4}', '{"y":5,"x":6}']],
    ['wire-gemini3-tool-signature.1.sse', ['{}']],
  ])('%s calls with %j', (file, args) => {
    const response = responseOf(file);
    expect(response.blocks.flatMap((block) => (block.type === 'tool-call' ? [block.arguments] : []))).toEqual(args);
    expect(response.stop).toBe('tool');
  });

  it('puts nested arguments together', () => {
    const block = responseOf('google-vertex-stream-tool-call-arguments-nested.1.chunks.txt').blocks.find(
      ({ type }) => type === 'tool-call',
    );
    const { recipe } = JSON.parse(block?.type === 'tool-call' ? block.arguments : '') as {
      recipe: { ingredients: object[]; steps: string[] };
    };
    expect(recipe.ingredients).toHaveLength(10);
    expect(recipe.ingredients[0]).toEqual({ amount: '16 oz', name: 'Lasagna noodles' });
    expect(recipe.steps.at(-1)).toBe('Let stand for 15 minutes before serving.');
  });

  it.each([
    ['streaming-success-basic-reply-short.txt', 'The capital of Wyoming is **Cheyenne**.\n', 'end'],
    ['google-text.chunks.txt', 'There are **3** "r"s in strawberry.\n\nst**r**awbe**rr**y', 'end'],
    ['unary-failure-finish-reason-safety.json', 'Safety error incoming in 5, 4, 3, 2...', 'filter'],
    ['streaming-failure-prompt-blocked-safety.txt', '', 'filter'],
    ['max-tokens-empty.json', '', 'length'],
  ])('%s says %j and stops with %s', (file, said, stop) => {
    const response = responseOf(file);
    expect(response.blocks.map((block) => (block.type === 'text' ? block.text : '')).join('')).toBe(said);
    expect(response.stop).toBe(stop);
  });

  it.each(failures)('$file is told apart', (fixture) => {
    const expected = {
      'gemini/google-429-retry-info.json': { kind: 'rate-limit', retryAfterMs: 34_400 },
      'gemini/unary-failure-api-key.json': { kind: 'authentication', code: 'api_key_invalid', retry: 'other' },
      'gemini/unary-failure-unknown-model.json': { kind: 'not-found', scope: 'model' },
      'gemini/vertex-unary-failure-quota-exceeded.json': { kind: 'rate-limit', code: 'rate_limit_exceeded' },
    }[fixture.file];
    expect(expected).toBeDefined();
    expect(verdictOfError(JSON.parse(text(fixture.file)), fixture.status)).toMatchObject(expected as object);
  });
});

function responseOf(file: string) {
  const fixture = fixtures.find((candidate) => candidate.file === `gemini/${file}`);
  return decode(framesOf(fixture as Fixture)).response();
}
