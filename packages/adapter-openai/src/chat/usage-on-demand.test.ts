import type { JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { chunk } from '../testing/chat-streams.js';
import { usageOnDemand } from './usage-on-demand.js';

const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };

describe('usage on demand', () => {
  it.each<[JsonObject, JsonObject | undefined]>([
    [{}, undefined],
    [{ stream: false }, undefined],
    [{ stream: true, stream_options: { include_usage: true } }, undefined],
    [{ stream: true }, { include_usage: true }],
    [{ stream: true, stream_options: null }, { include_usage: true }],
    [{ stream: true, stream_options: { include_usage: false } }, { include_usage: true }],
    [
      { stream: true, stream_options: { include_obfuscation: false } },
      { include_obfuscation: false, include_usage: true },
    ],
  ])('of %j is demanded as %j', (body, options) => {
    const edits = usageOnDemand.edits(body);
    expect(edits === undefined ? undefined : JSON.parse(edits['stream_options'] ?? '')).toEqual(options);
  });

  it('takes out the frame that came for it alone', () => {
    expect(usageOnDemand.isExtraFrame({ ...chunk({}), choices: [], usage })).toBe(true);
  });

  it.each<[string, unknown]>([
    ['usage beside a delta', chunk({ content: 'a' }, null, { usage })],
    ['usage beside the end', chunk({}, 'stop', { usage })],
    ['filter results without choices', { choices: [], prompt_filter_results: [], usage: null }],
    ['an error', { error: { message: 'x' }, usage }],
    ['no object', null],
  ])('leaves %s', (_name, frame) => {
    expect(usageOnDemand.isExtraFrame(frame)).toBe(false);
  });
});
