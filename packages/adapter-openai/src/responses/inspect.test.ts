import { describe, expect, it } from 'vitest';
import { refusalOf } from '../testing/refused.js';
import { inspect } from './inspect.js';

describe('the facts of a request', () => {
  it('are its model, its switch for streams and its limit', () => {
    expect(inspect({ model: 'm' })).toEqual({ model: 'm', stream: false, keeps: true });
    expect(inspect({ model: 'm', stream: true, max_output_tokens: 7, background: false })).toEqual({
      model: 'm',
      stream: true,
      outputTokensMax: 7,
      keeps: true,
    });
    expect(inspect({ model: 'm', stream: null, max_output_tokens: null, background: null })).toEqual({
      model: 'm',
      stream: false,
      keeps: true,
    });
  });

  it('tell whether the answer is stored, which it is unless forbidden', () => {
    expect(inspect({ model: 'm', store: null }).keeps).toBe(true);
    expect(inspect({ model: 'm', store: false }).keeps).toBe(false);
  });

  it('tell which tools with a fee may run', () => {
    const factsOf = (...tools: unknown[]) => inspect({ model: 'm', tools });
    const of = (...types: string[]) => factsOf(...types.map((type) => ({ type }))).serverTools;
    expect(of('web_search', 'file_search', 'code_interpreter')).toEqual(['webSearches', 'fileSearches', 'codeInterpreterSessions']);
    expect(of('web_search_preview_2025_03_11', 'web_search_preview')).toEqual(['webSearches']);
    expect(of('function', 'mcp')).toBeUndefined();
    const effectsOf = (type: string) => factsOf({ type }).hasEffects;
    expect([effectsOf('mcp'), effectsOf('shell'), effectsOf('function')]).toEqual([true, true, undefined]);
    expect(factsOf(null, 7, { type: 'image_generation', size: '1024x1024', quality: 'low' })).toMatchObject({
      toolImage: { size: '1024x1024', quality: 'low' },
    });
    expect(inspect({ model: 'm', tools: 'x' }).serverTools).toBeUndefined();
  });

  it.each([
    ['model', {}],
    ['model', { model: 7 }],
    ['stream', { model: 'm', stream: 1 }],
    ['max_output_tokens', { model: 'm', max_output_tokens: -1 }],
    ['background', { model: 'm', background: true }],
    ['store', { model: 'm', store: 'no' }],
  ])('are refused without %s: %j', (field, body) => {
    expect(() => inspect(body)).toThrow(refusalOf(field));
  });
});
