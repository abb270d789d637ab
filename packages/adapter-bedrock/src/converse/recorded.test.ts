import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { objectIn } from '@tollgate/plugin-kit';
import { checkedSink } from '@tollgate/plugin-kit/conformance';
import { describe, expect, it } from 'vitest';
import { converse } from './dialect.js';

const file = path.resolve(import.meta.dirname, '../../../../../shared/fixtures/bedrock/amazon-bedrock-reasoning.chunks.txt');
const present = existsSync(file);
if (!present) console.info('The recorded stream of Bedrock is not beside the repository: its test is skipped.');

describe.skipIf(!present)('a recorded stream of Converse', () => {
  it('is read with its thinking, its seal and its usage', () => {
    const sink = checkedSink();
    const context = { lose: () => undefined, newId: (prefix: string) => `${prefix}1`, now: () => 0, model: { id: 'some-model' } };
    const decoder = converse.upstream.streamDecoder(sink, context);
    // Each line has the event's name around its payload.
    for (const line of readFileSync(file, 'utf8').trim().split('\n'))
      for (const [event, payload] of Object.entries(objectIn(JSON.parse(line)) ?? {})) decoder.frame(JSON.stringify(payload), event);
    decoder.end('done');
    const { blocks, stop, usage } = sink.response();
    expect(blocks).toMatchObject([
      { type: 'thinking', seal: { vendor: 'bedrock', value: expect.stringMatching(/^Ep0C/) as string } },
      { type: 'text' },
    ]);
    expect(blocks[0]).toMatchObject({ text: expect.stringMatching(/^Let me count the r's in "strawberry":/) as string });
    expect(stop).toBe('end');
    expect(usage).toMatchObject({ inputText: 51, outputText: 94, inputCacheRead: 0 });
  });
});
