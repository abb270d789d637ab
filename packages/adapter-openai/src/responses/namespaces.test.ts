import type { CanonicalRequest, JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { encodeRequest as encodeChat } from '../chat/encode-request.js';
import { canonicalResponse } from '../testing/canonical.js';
import { encodeFrames } from '../testing/dialect-streams.js';
import { playResponse } from '../testing/play-response.js';
import { refusalOf } from '../testing/refused.js';
import { testContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';
import { openaiResponses } from './dialect.js';
import { inspect } from './inspect.js';
import { flatName } from './namespaces.js';

const parameters = { type: 'object', properties: { id: { type: 'string' } } };
const crm = {
  type: 'namespace',
  name: 'crm',
  description: 'Customers.',
  tools: [
    { type: 'function', name: 'find', description: 'Finds one.', parameters, strict: true },
    { type: 'custom', name: 'note', format: { type: 'text' } },
  ],
};
const find = { type: 'function', name: 'find', parameters };
const added = (...tools: readonly JsonObject[]) => ({ type: 'additional_tools', role: 'developer', tools });
const question = { type: 'message', role: 'user', content: 'Hi' };

function decoded(fields: JsonObject): { readonly request: CanonicalRequest; readonly lost: readonly string[] } {
  const body = { model: 'm', input: [question], ...fields };
  const context = testContext();
  return { request: decodeRequest(body, inspect(body), context), lost: context.lostFields() };
}

describe('tools in a namespace', () => {
  it('stand for themselves, under names that say their namespace', () => {
    const { request, lost } = decoded({ tools: [find, crm] });
    expect(request.tools).toEqual([
      { name: 'find', parameters },
      {
        name: 'crm__find',
        description: 'Customers.\n\nFinds one.',
        parameters,
        strict: true,
        grouped: { namespace: 'crm', name: 'find' },
      },
      { name: 'crm__note', description: 'Customers.', freeform: true, grouped: { namespace: 'crm', name: 'note' } },
    ]);
    expect(request.extensions).toEqual({ 'openai-responses': { 'tools.format': { crm__note: { type: 'text' } } } });
    expect(lost).toEqual(['tools.namespace']);
  });

  it('are offered to upstreams of other dialects', () => {
    const body = encodeChat({ ...decoded({ tools: [crm] }).request, model: 'some-model' }, testContext()) as {
      readonly tools: readonly { readonly function: { readonly name: string } }[];
    };
    expect(body.tools.map((tool) => tool.function.name)).toEqual(['crm__find', 'crm__note']);
  });

  it('are called in their namespace, whole and streamed', () => {
    const { request } = decoded({ tools: [find, crm] });
    const answer = canonicalResponse({
      stop: 'tool',
      blocks: ['find', 'crm__find', 'crm__note'].map((name) => ({ type: 'tool-call', id: name, name, arguments: '{"input":"x"}' })),
    });
    const whole = openaiResponses.client?.encodeResponse(answer, request, testContext()) as { readonly output: readonly JsonObject[] };
    const frames = encodeFrames(openaiResponses, (sink) => playResponse(sink, answer), { ...request, stream: true });
    const last = JSON.parse(frames.at(-1)?.data ?? '') as { readonly response: { readonly output: readonly JsonObject[] } };
    for (const { output } of [whole, last.response]) {
      expect(output.map(({ type, name, namespace }) => ({ type, name, namespace }))).toEqual([
        { type: 'function_call', name: 'find', namespace: undefined },
        { type: 'function_call', name: 'find', namespace: 'crm' },
        { type: 'custom_tool_call', name: 'note', namespace: 'crm' },
      ]);
    }
  });

  it('may not pretend to be in one', () => {
    const grouped = { namespace: 'crm', name: 'delete' };
    expect(decoded({ tools: [{ ...find, grouped }] }).request.tools).toEqual([{ name: 'find', parameters }]);
  });

  it.each<[string, JsonObject]>([
    ['tools.0.name', { ...crm, name: '' }],
    ['tools.0.tools', { ...crm, tools: {} }],
    ['tools.0.tools.0.name', { ...crm, tools: [{ type: 'function' }] }],
    ['tools.0.description', { ...crm, description: 7 }],
  ])('are refused where %s is wrong', (field, tool) => {
    expect(() => decoded({ tools: [tool] })).toThrow(refusalOf(field));
  });

  it('have names that every vendor takes', () => {
    const [long, other] = ['a', 'b'].map((end) => flatName('n'.repeat(40), `${'t'.repeat(60)}${end}`));
    expect([long?.length, other?.length, long === other]).toEqual([64, 64, false]);
    expect(long).toMatch(/^[\w-]+$/);
  });
});

describe('tools that an item of the input adds', () => {
  it('are offered from the start, and count more than others of their name', () => {
    const changed = { ...find, description: 'Newer.' };
    const input = [question, added(crm, changed), { type: 'message', role: 'user', content: 'Go on' }];
    const { request, lost } = decoded({ tools: [find, { type: 'web_search' }, { type: 'web_search' }], input });
    expect(request.tools?.map(({ name, description }) => [name, description])).toEqual([
      ['web_search', undefined],
      ['web_search', undefined],
      ['crm__find', 'Customers.\n\nFinds one.'],
      ['crm__note', 'Customers.'],
      ['find', 'Newer.'],
    ]);
    expect(request.turns).toHaveLength(2);
    expect(lost).toEqual(['additional_tools', 'tools.namespace']);
  });

  it('are refused where they are none', () => {
    expect(() => decoded({ input: [question, added({ type: 'function' })] })).toThrow(refusalOf('input.1.tools.0.name'));
    expect(() => decoded({ input: [{ type: 'additional_tools', tools: 'all' }] })).toThrow(refusalOf('input.0.tools'));
  });
});
