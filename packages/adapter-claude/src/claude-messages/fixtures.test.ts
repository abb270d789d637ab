import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CanonicalSink, JsonObject } from '@tollgate/plugin-kit';
import { emptyUsage, FrameScanner, UpstreamError, type Usage } from '@tollgate/plugin-kit';
import { checkedSink } from '@tollgate/plugin-kit/conformance';
import { describe, expect, it } from 'vitest';
import { decodeFrames } from '../testing/streams.js';
import { testContext } from '../testing/test-context.js';
import { decodeResponse } from './decode-response.js';
import { ClaudeStreamDecoder } from './stream-decoder.js';
import { usageReader } from './usage.js';
import { isObject, objectsIn } from './wire.js';

const folder = path.resolve(import.meta.dirname, '../../../../../shared/fixtures/claude');
const present = existsSync(folder);
if (!present) console.info('Recorded responses of Claude are not beside the repository: their tests are skipped.');
const files = present ? readdirSync(folder).filter((file) => !file.endsWith('.request.json')) : [];
/** Broken on purpose: one response in which two messages start. */
const oneResponse = new Set(['duplicate-message-start.chunks.txt', 'spliced-message-start.chunks.txt']);

function read(file: string): string {
  return readFileSync(path.join(folder, file), 'utf8');
}

/** The frames of each response in a file. */
function responsesIn(file: string): readonly (readonly string[])[] {
  const frames = file.endsWith('.sse') ? sseFrames(read(file)) : read(file).trim().split('\n');
  const responses: string[][] = [];
  for (const frame of frames) {
    if (responses.length === 0 || (!oneResponse.has(file) && frame.includes('"type":"message_start"'))) responses.push([]);
    responses.at(-1)?.push(frame);
  }
  return responses;
}

function sseFrames(text: string): readonly string[] {
  const frames: string[] = [];
  const scanner = new FrameScanner('sse', (data) => frames.push(data));
  scanner.push(Buffer.from(text));
  scanner.end();
  return frames;
}

/** The figures of all usage objects of a response, later ones over earlier ones: what the vendor bills, read by another way than ours. */
function statedUsage(frames: readonly string[]): JsonObject {
  const stated: JsonObject = {};
  for (const frame of frames) {
    const json = JSON.parse(frame) as JsonObject;
    const usage = json.usage ?? (json.message as JsonObject | undefined)?.usage;
    if (isObject(usage)) Object.assign(stated, usage);
  }
  return stated;
}

function expectUsage(usage: Usage, stated: JsonObject): void {
  const compaction = objectsIn(stated.iterations).filter(({ type }) => type === 'compaction');
  const sum = (field: string): number => [stated, ...compaction].reduce((total, { [field]: tokens }) => total + Number(tokens ?? 0), 0);
  expect(usage.inputText).toBe(sum('input_tokens'));
  expect(usage.inputCacheRead).toBe(sum('cache_read_input_tokens'));
  expect(usage.inputCacheWrite5m + usage.inputCacheWrite1h).toBe(sum('cache_creation_input_tokens'));
  expect(usage.outputText + usage.outputReasoning).toBe(sum('output_tokens'));
}

describe.skipIf(!present)('recorded streams', () => {
  const streams = files.filter((file) => file.endsWith('.sse') || file.endsWith('.chunks.txt'));

  it.each(streams)('%s keeps the order of a sink, with the usage that was recorded', (file) => {
    for (const frames of responsesIn(file)) {
      const sink = decodeFrames(frames);
      const response = sink.response();
      const usage = emptyUsage();
      for (const frame of frames) usageReader.read(JSON.parse(frame), usage);
      expect(sink.calls.at(-1)?.[0]).toBe(file.startsWith('spliced') ? 'fail' : 'stop');
      if (response.stop !== 'error') {
        expectUsage(response.usage, statedUsage(frames));
        expect(usage).toEqual(response.usage);
      }
    }
  });

  it.each(streams)('%s means the same with pings and unknown events in between', (file) => {
    for (const frames of responsesIn(file)) {
      const stretched = frames.flatMap((frame) => ['{"type": "ping"}', '{"type":"news","index":0}', frame]);
      expect(decodeFrames(stretched).calls).toEqual(decodeFrames(frames).calls);
    }
  });

  it.each(streams)('%s ends properly wherever it is cut', (file) => {
    for (const frames of responsesIn(file)) {
      for (let count = 0; count <= frames.length; count += 1) {
        const ending = decodeFrames(frames.slice(0, count), 'cut').calls.at(-1);
        expect(['stop', 'fail']).toContain(ending?.[0]);
      }
    }
  });

  it('reads the parts of a stream that thinks', () => {
    const [frames = []] = responsesIn('wire-thinking-stream.sse');
    const { blocks, stop } = decodeFrames(frames).response();
    expect(blocks.map(({ type }) => type)).toEqual(['thinking', 'text']);
    expect(blocks[0]).toMatchObject({ seal: { vendor: 'anthropic' } });
    expect(stop).toBe('end');
  });

  it('reads two blocks of redacted thinking with their seals', () => {
    const [frames = []] = responsesIn('wire-redacted-thinking-stream.sse');
    const redacted = decodeFrames(frames)
      .response()
      .blocks.filter((block) => block.type === 'thinking');
    expect(redacted).toHaveLength(2);
    for (const block of redacted) expect(block).toMatchObject({ text: '', redacted: true, seal: { vendor: 'anthropic' } });
  });

  it('reads the arguments of a continuation from its first event', () => {
    const continuation = responsesIn('anthropic-programmatic-tool-calling.1.chunks.txt')[1] ?? [];
    expect(decodeFrames(continuation).response()).toMatchObject({
      blocks: [{ type: 'tool-call', name: 'rollDie', arguments: '{"player":"player2"}' }],
      stop: 'tool',
    });
  });

  it('collects the inputs of server tools', () => {
    const [frames = []] = responsesIn('anthropic-mcp.1.chunks.txt');
    expect(decodeFrames(frames).response().blocks[0]).toMatchObject({
      type: 'opaque',
      data: { type: 'mcp_tool_use', input: { message: 'hello world' } },
    });
  });
});

describe.skipIf(!present)('recorded answers', () => {
  const answers = files.filter((file) => file.endsWith('.json'));

  it.each(answers.filter((file) => !/-4\d\d\.json$/.test(file)))('%s is read with the usage that was recorded', (file) => {
    const body = JSON.parse(read(file)) as JsonObject;
    const response = decodeResponse(body, testContext());
    expect(response.blocks).toHaveLength(objectsIn(body.content).length);
    expectUsage(response.usage, body.usage as JsonObject);
  });

  it.each(answers.filter((file) => /-4\d\d\.json$/.test(file)))('%s is an error', (file) => {
    expect(() => decodeResponse(JSON.parse(read(file)), testContext())).toThrow(expect.toSatisfy(UpstreamError.isInstance));
  });
});

describe.skipIf(!present)('frames of recorded streams', () => {
  it('are edited before they are read', () => {
    const [frames = []] = responsesIn('anthropic-message-delta-input-tokens.chunks.txt');
    const sink = checkedSink();
    const rename = (frame: JsonObject): void => {
      if (isObject(frame.message)) frame.message.model = 'renamed';
    };
    const decoder = new ClaudeStreamDecoder(sink satisfies CanonicalSink, testContext(), rename);
    for (const frame of frames) decoder.frame(frame);
    decoder.end('done');
    expect(sink.response().model).toBe('renamed');
  });
});
