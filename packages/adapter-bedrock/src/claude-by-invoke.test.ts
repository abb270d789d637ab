import { readFileSync } from 'node:fs';
import type { CodecContext, JsonObject, Loss } from '@tollgate/plugin-kit';
import { upstreamScanner } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { claudeByInvoke } from './claude-by-invoke.js';

function edited(
  body: JsonObject,
  clientHeaders: Readonly<Record<string, string>> = {},
): { readonly body: JsonObject; readonly losses: readonly Loss[] } {
  const losses: Loss[] = [];
  const context: CodecContext = { lose: (loss) => losses.push(loss), newId: (prefix) => prefix, now: () => 0, model: { id: 'claude-x' } };
  claudeByInvoke.edits?.request?.(body, context, clientHeaders);
  return { body, losses };
}

function eventsIn(recording: string): readonly (string | undefined)[] {
  const events: (string | undefined)[] = [];
  const scanner = upstreamScanner(claudeByInvoke, (_data, event) => events.push(event));
  scanner.push(readFileSync(new URL(`../__fixtures__/bedrock-claude/${recording}.stream.bin`, import.meta.url)));
  return events;
}

describe('a request to InvokeModel', () => {
  it('has no model and no wish for a stream, but a version of its own', () => {
    const { body, losses } = edited({ model: 'claude-x', stream: true, max_tokens: 1, messages: [] });
    expect(body).toEqual({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 1, messages: [] });
    expect(losses).toEqual([]);
  });

  it('names the beta features of the client in its body, without those that would have it refused', () => {
    const headers = { 'anthropic-beta': 'claude-code-20250219, context-1m-2025-08-07,interleaved-thinking-2025-05-14' };
    const { body, losses } = edited({ max_tokens: 1, messages: [], anthropic_beta: ['context-1m-2025-08-07'] }, headers);
    expect(body['anthropic_beta']).toEqual(['context-1m-2025-08-07', 'interleaved-thinking-2025-05-14']);
    expect(losses).toMatchObject([{ field: 'anthropic-beta', how: 'dropped' }]);
  });

  it('does not say how far a mark for the cache reaches', () => {
    const marked = (): JsonObject => ({ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h', scope: 'global' } });
    const tool = { ...marked(), name: 't' };
    const { body } = edited({
      system: [marked()],
      tools: [tool],
      messages: [
        { role: 'user', content: [marked()] },
        { role: 'user', content: 'x' },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('scope');
    expect(body['system']).toMatchObject([{ cache_control: { type: 'ephemeral', ttl: '1h' } }]);
  });
});

describe('a stream of InvokeModel', () => {
  it('gives the events their names, as clients of the language need them', () => {
    expect(eventsIn('hello')).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  it('says an exception as an error', () => {
    expect(eventsIn('throttled').at(-1)).toBe('error');
  });
});
