import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoVendor, startDemoVendor } from './demo-vendor.js';

let vendor: DemoVendor;

beforeAll(async () => {
  vendor = await startDemoVendor();
});
afterAll(async () => vendor.close());

const hello = { model: 'demo-chat', messages: [{ role: 'user', content: 'Hello there' }] };
const weather = {
  function: {
    name: 'weather',
    parameters: {
      type: 'object',
      required: ['city', 'unit'],
      properties: { city: { type: 'string' }, unit: { enum: ['celsius', 'kelvin'] }, days: { type: 'integer' } },
    },
  },
};

async function ask(body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${vendor.url}/chat`, {
    method: 'POST',
    headers: { 'x-demo-key': 'demo-key', ...headers },
    body: JSON.stringify(body),
  });
}

async function answer(body: object): Promise<unknown> {
  return (await ask(body)).json();
}

describe('demo vendor', () => {
  it('echoes the last message and counts words', async () => {
    expect(await answer(hello)).toMatchObject({
      model: 'demo-chat',
      choices: [{ message: { content: expect.stringContaining('You wrote: Hello there') }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 2, completion_tokens: 14, thought_tokens: 0 },
    });
  });

  it('gives the same answer to the same request', async () => {
    const { id: first } = (await answer(hello)) as { id: string };
    expect(await answer(hello)).toMatchObject({ id: first });
    expect(await answer({ ...hello, max_tokens: 100 })).not.toMatchObject({ id: first });
  });

  it('stops at the limit of tokens, thoughts included', async () => {
    expect(await answer({ ...hello, effort: 'low', max_tokens: 18 })).toMatchObject({
      choices: [{ message: { content: 'You' }, finish_reason: 'length' }],
      usage: { completion_tokens: 1, thought_tokens: 17 },
    });
  });

  it('thinks when it is asked to', async () => {
    expect(await answer({ ...hello, effort: 'high' })).toMatchObject({
      choices: [{ message: { thought: expect.stringContaining('has 2 words') } }],
      usage: { completion_tokens: 14, thought_tokens: 17 },
    });
    expect(await answer({ ...hello, effort: 'none' })).toMatchObject({ usage: { thought_tokens: 0 } });
  });

  it('calls the first tool with arguments that fit its schema, then reports the result', async () => {
    expect(await answer({ ...hello, tools: [weather] })).toMatchObject({
      choices: [
        {
          message: { content: null, tool_calls: [{ function: { name: 'weather', arguments: '{"city":"demo","unit":"celsius"}' } }] },
          finish_reason: 'tool_calls',
        },
      ],
    });
    const messages = [...hello.messages, { role: 'assistant', content: null }, { role: 'tool', content: '21 degrees' }];
    expect(await answer({ ...hello, tools: [weather], messages })).toMatchObject({
      choices: [{ message: { content: 'The tool says: 21 degrees' } }],
    });
  });

  it('calls the tool that is chosen, and none if that is the choice', async () => {
    const tools = [weather, { function: { name: 'clock' } }];
    expect(await answer({ ...hello, tools, tool_choice: { function: { name: 'clock' } } })).toMatchObject({
      choices: [{ message: { tool_calls: [{ function: { name: 'clock', arguments: '{}' } }] } }],
    });
    expect(await answer({ ...hello, tools, tool_choice: 'none' })).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
  });

  it('streams what it would have answered at once', async () => {
    const response = await ask({ ...hello, stream: true, stream_options: { include_usage: true } }, { 'x-demo-pause-ms': '1' });
    const text = await response.text();
    const chunks = text
      .split('\n\n')
      .filter((frame) => frame.startsWith('data: {'))
      .map((frame) => JSON.parse(frame.slice(6)) as { choices: { delta: { content?: string } }[]; usage?: object });
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toContain('You wrote: Hello there');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 2, completion_tokens: 14 } });
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it.each([
    ['a wrong key', hello, { 'x-demo-key': 'sk-1' }, 'wrong_key'],
    ['an unknown model', { ...hello, model: 'other' }, {}, 'unknown_model'],
    ['a request without messages', { model: 'demo-chat' }, {}, 'bad_request'],
  ])('refuses %s', async (_what, body, headers, reason) => {
    const response = await ask(body, headers);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ problem: { reason } });
  });
});
