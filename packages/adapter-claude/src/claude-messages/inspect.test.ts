import { BadRequestError } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { inspect } from './inspect.js';

describe('inspect', () => {
  it('reads what the gateway needs', () => {
    expect(inspect({ model: 'm', max_tokens: 5, stream: true })).toEqual({ model: 'm', stream: true, outputTokensMax: 5 });
    expect(inspect({ model: 'm', max_tokens: 0, stream: null })).toEqual({ model: 'm', stream: false, outputTokensMax: 0 });
  });

  it('tells which tools with a fee may run', () => {
    const of = (tools: unknown) => inspect({ model: 'm', max_tokens: 5, tools }).serverTools;
    expect(of([{ type: 'web_search_20250305' }, { type: 'web_fetch_20250910' }])).toEqual(['webSearches', 'webFetches']);
    expect(of([{ name: 'web_search' }, { type: 'code_execution_20250825' }, null, 7])).toBeUndefined();
    expect(of('web_search_20250305')).toBeUndefined();
  });

  it('tells whether the tools of other servers may act', () => {
    const of = (mcp_servers: unknown) => inspect({ model: 'm', max_tokens: 5, mcp_servers }).hasEffects;
    expect(of([{ type: 'url', url: 'https://tools.example', name: 'tools' }])).toBe(true);
    expect([of([]), of(undefined), of('x')]).toEqual([undefined, undefined, undefined]);
    const withTool = (type: string) => inspect({ model: 'm', max_tokens: 5, tools: [{ type, name: 'x' }] }).hasEffects;
    expect([withTool('code_execution_20250825'), withTool('custom')]).toEqual([true, undefined]);
    expect(inspect({ model: 'm', max_tokens: 5, container: 'container_1' }).hasEffects).toBe(true);
  });

  it.each([
    ['model', { max_tokens: 5 }],
    ['model', { model: '', max_tokens: 5 }],
    ['model', { model: 7, max_tokens: 5 }],
    ['stream', { model: 'm', max_tokens: 5, stream: 'yes' }],
    ['max_tokens', { model: 'm' }],
    ['max_tokens', { model: 'm', max_tokens: null }],
    ['max_tokens', { model: 'm', max_tokens: '5' }],
    ['max_tokens', { model: 'm', max_tokens: 1.5 }],
    ['max_tokens', { model: 'm', max_tokens: -1 }],
  ])('names the field %s in %j', (field, body) => {
    expect(() => inspect(body)).toThrow(expect.toSatisfy((error) => BadRequestError.isInstance(error) && error.field === field));
  });
});
