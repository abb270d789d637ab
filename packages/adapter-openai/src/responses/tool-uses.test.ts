import type { Usage } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { openaiCompact } from './compact.js';
import { readResponsesUsage } from './usage.js';

function read(output: readonly object[]): Partial<Usage> {
  const into: Partial<Usage> = {};
  readResponsesUsage({ type: 'response.completed', response: { output, usage: { input_tokens: 1, output_tokens: 1 } } }, into);
  return into;
}

describe('uses of tools', () => {
  it('are the searches, not the pages that were looked at', () => {
    const actions = ['search', 'open_page', 'find_in_page', 'search'];
    expect(read(actions.map((type) => ({ type: 'web_search_call', action: { type } }))).webSearches).toBe(2);
    expect(read([{ type: 'web_search_call' }]).webSearches).toBe(1);
  });

  it('are the containers that code ran in', () => {
    expect(read(['a', 'a', 'b'].map((container_id) => ({ type: 'code_interpreter_call', container_id }))).codeInterpreterSessions).toBe(2);
  });

  it('are searches in files, and images by size and quality', () => {
    const made = { type: 'image_generation_call', status: 'completed', size: '1024x1536', quality: 'high' };
    const usage = read([{ type: 'file_search_call' }, made, { type: 'image_generation_call', status: 'failed' }]);
    expect(usage).toMatchObject({ fileSearches: 1, images: [{ count: 1, size: '1024x1536', quality: 'high' }] });
  });

  it('are not paid for again when a conversation is made shorter', () => {
    const into: Partial<Usage> = {};
    openaiCompact.usage.read({ output: [{ type: 'web_search_call' }], usage: { input_tokens: 5, output_tokens: 1 } }, into);
    expect(into).toMatchObject({ inputText: 5, outputText: 1 });
    expect(into).not.toHaveProperty('webSearches');
  });

  it('are left out where there are none, and never read from tools that a request merely allows', () => {
    const into: Partial<Usage> = {};
    readResponsesUsage({ tools: [{ type: 'web_search' }], output: [], usage: { input_tokens: 1, output_tokens: 1 } }, into);
    for (const name of ['webSearches', 'fileSearches', 'codeInterpreterSessions', 'images']) expect(into).not.toHaveProperty(name);
  });
});
