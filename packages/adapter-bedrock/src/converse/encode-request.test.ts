import type { Block, CanonicalRequest, CodecContext, JsonObject, Loss } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { converse } from './dialect.js';

const nova = 'us.amazon.nova-2-lite-v1:0';
const text = (value: string): Block => ({ type: 'text', text: value });
const call: Block = { type: 'tool-call', id: 'call:1', name: 'weather', arguments: '{"city":"Berne"}' };
const result: Block = { type: 'tool-result', callId: 'call:1', content: [{ type: 'text', text: 'Sunny' }] };
const tools = [{ name: 'weather', parameters: { properties: { city: { type: 'string' } } } }];

function encoded(fields: Partial<CanonicalRequest>, model = nova): { readonly body: JsonObject; readonly lost: readonly string[] } {
  const losses: Loss[] = [];
  const context: CodecContext = { lose: (loss) => losses.push(loss), newId: (prefix) => prefix, now: () => 0, model: { id: model } };
  const request: CanonicalRequest = { model: 'alias', stream: true, turns: [{ role: 'user', blocks: [text('Hello')] }], ...fields };
  return { body: converse.upstream.encodeRequest(request, context), lost: losses.map(({ field, how }) => `${field} ${how}`) };
}

describe('a request of Converse', () => {
  it('says neither the model nor that it wants a stream', () => {
    expect(encoded({ outputTokensMax: 9, stopSequences: ['END'], sampling: { temperature: 0.5, topP: 1 } })).toEqual({
      body: {
        messages: [{ role: 'user', content: [{ text: 'Hello' }] }],
        inferenceConfig: { maxTokens: 9, temperature: 0.5, topP: 1, stopSequences: ['END'] },
      },
      lost: [],
    });
  });

  it('has the results of tools before what the user says besides, under ids that Bedrock takes', () => {
    const turns: CanonicalRequest['turns'] = [
      { role: 'system', blocks: [text('Be brief.')] },
      { role: 'user', blocks: [text('Weather?')] },
      { role: 'assistant', blocks: [call] },
      { role: 'user', blocks: [text('And?'), result] },
    ];
    expect(encoded({ turns, tools, toolChoice: { name: 'weather' } }).body).toEqual({
      system: [{ text: 'Be brief.' }],
      messages: [
        { role: 'user', content: [{ text: 'Weather?' }] },
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'call_1', name: 'weather', input: { city: 'Berne' } } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'call_1', content: [{ text: 'Sunny' }] } }, { text: 'And?' }] },
      ],
      toolConfig: {
        tools: [{ toolSpec: { name: 'weather', inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } } } } } }],
        toolChoice: { tool: { name: 'weather' } },
      },
    });
  });

  it('has a tool where only the history has one, and none where none may be called', () => {
    const turns: CanonicalRequest['turns'] = [
      { role: 'user', blocks: [text('Weather?')] },
      { role: 'assistant', blocks: [call] },
      { role: 'user', blocks: [result] },
    ];
    expect(encoded({ turns }).body).toMatchObject({ toolConfig: { tools: [{ toolSpec: { name: 'no_tool' } }] } });
    expect(encoded({ tools, toolChoice: 'none' }).body).not.toHaveProperty('toolConfig');
    expect(encoded({ turns, tools, toolChoice: 'none' }).lost).toEqual(['tool_choice dropped']);
  });

  it('opens with the user', () => {
    const { body, lost } = encoded({ turns: [{ role: 'assistant', blocks: [text('Hi.')] }] });
    expect(body['messages']).toMatchObject([{ role: 'user' }, { role: 'assistant' }]);
    expect(lost).toEqual(['messages emulated']);
  });

  it('takes back thinking that was signed here, and no other', () => {
    const thinking = (vendor: string): Block => ({ type: 'thinking', text: 'Hm.', seal: { vendor, value: 's' } });
    const blocks = [thinking('bedrock'), thinking('anthropic'), { type: 'thinking', text: 'Hm.' } as const, text('Hi.')];
    const { body, lost } = encoded({
      turns: [
        { role: 'user', blocks: [text('Hello')] },
        { role: 'assistant', blocks },
      ],
    });
    expect(body['messages']).toMatchObject([
      { role: 'user' },
      { content: [{ reasoningContent: { reasoningText: { text: 'Hm.', signature: 's' } } }, { text: 'Hi.' }] },
    ]);
    expect(lost).toEqual(['seal dropped', 'thinking dropped']);
  });

  it.each<readonly [string, Block, JsonObject]>([
    [
      'a picture',
      { type: 'media', media: 'image', mimeType: 'image/jpg', source: { base64: 'AA==' } },
      { image: { format: 'jpeg', source: { bytes: 'AA==' } } },
    ],
    [
      'a document, by a name that Bedrock takes',
      { type: 'media', media: 'file', mimeType: 'application/pdf', filename: 'a.b_c  d.pdf', source: { base64: 'AA==' } },
      { document: { format: 'pdf', name: 'a-b-c d', source: { bytes: 'AA==' } } },
    ],
    [
      'a text of any kind',
      { type: 'media', media: 'file', mimeType: 'text/x-python; charset=utf-8', source: { base64: 'AA==' } },
      { document: { format: 'txt', name: 'document', source: { bytes: 'AA==' } } },
    ],
    [
      'a video in S3',
      { type: 'media', media: 'video', source: { url: 's3://bucket/a.mov' } },
      { video: { format: 'mov', source: { s3Location: { uri: 's3://bucket/a.mov' } } } },
    ],
  ])('carries %s', (_what, block, wire) => {
    expect(encoded({ turns: [{ role: 'user', blocks: [text('See.'), block] }] })).toMatchObject({
      body: { messages: [{ content: [{ text: 'See.' }, wire] }] },
      lost: [],
    });
  });

  it('puts text beside a document, and names no two alike', () => {
    const document: Block = { type: 'media', media: 'file', mimeType: 'text/csv', filename: 'a.csv', source: { base64: 'AA==' } };
    const { body, lost } = encoded({ turns: [{ role: 'user', blocks: [document, document] }] });
    expect(body['messages']).toMatchObject([{ content: [{ document: { name: 'a' } }, { document: { name: 'a 2' } }, { text: '...' }] }]);
    expect(lost).toEqual(['messages emulated']);
  });

  it('opens addresses in S3 only', () => {
    const needed = ['https://a.example/a.png', 'http://a.example/a.png', 's3://bucket/a.png'];
    expect(needed.map((url) => converse.upstream.needsBytes?.({ media: 'image', url }))).toEqual([true, true, false]);
  });
});

describe('what single makers want', () => {
  it.each<readonly [string, Partial<CanonicalRequest>, JsonObject, readonly string[]]>([
    [nova, { thinking: { mode: 'on' } }, { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } }, []],
    [nova, { thinking: { mode: 'off' } }, { reasoningConfig: { type: 'disabled' } }, []],
    [
      nova,
      { thinking: { mode: 'on', effort: 'max' }, outputTokensMax: 9, sampling: { topK: 7, topP: 0.5 } },
      { inferenceConfig: { topK: 7 }, reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } },
      ['maxTokens dropped', 'topP dropped'],
    ],
    [
      'openai.gpt-oss-120b-1:0',
      { thinking: { mode: 'on', budgetTokens: 1_024 } },
      { reasoning_effort: 'low' },
      ['thinking.budget_tokens coerced'],
    ],
    [
      'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0',
      { thinking: { mode: 'on', budgetTokens: 2_048 }, outputTokensMax: 4_000 },
      { thinking: { type: 'enabled', budget_tokens: 2_048 } },
      [],
    ],
  ])('%s thinks as it is told: %o', (model, fields, additional, lost) => {
    const { body, lost: said } = encoded(fields, model);
    expect(body['additionalModelRequestFields']).toEqual(additional);
    expect(said).toEqual(lost);
  });

  it('nothing is sent that a model would refuse', () => {
    const format = { type: 'json-schema', name: 'mark', schema: { type: 'object' } } as const;
    const fields: Partial<CanonicalRequest> = { thinking: { mode: 'on' }, toolChoice: 'required', tools, format };
    const llama = encoded(fields, 'us.meta.llama4-scout-17b-instruct-v1:0');
    expect(llama.body).not.toHaveProperty('additionalModelRequestFields');
    expect(llama.body).not.toHaveProperty('outputConfig');
    expect(llama.body['toolConfig']).not.toHaveProperty('toolChoice');
    expect(llama.lost.toSorted()).toEqual(['response_format dropped', 'thinking dropped', 'tool_choice dropped']);
    expect(encoded(fields, 'qwen.qwen3-32b-v1:0').body['outputConfig']).toEqual({
      textFormat: { type: 'json_schema', structure: { jsonSchema: { name: 'mark', schema: '{"type":"object"}' } } },
    });
  });

  it('marks for the cache go to models that have one, for as long as they have it', () => {
    const cache = { lifetime: '1h' } as const;
    const turns: CanonicalRequest['turns'] = [{ role: 'user', blocks: [{ type: 'text', text: 'Long.', cache }] }];
    const content = (model: string): unknown => encoded({ turns }, model).body['messages'];
    expect(content('anthropic.claude-haiku-4-5')).toMatchObject([{ content: [{}, { cachePoint: { type: 'default', ttl: '1h' } }] }]);
    expect(content(nova)).toEqual([{ role: 'user', content: [{ text: 'Long.' }, { cachePoint: { type: 'default' } }] }]);
    expect(content('meta.llama4')).toEqual([{ role: 'user', content: [{ text: 'Long.' }] }]);
  });

  it('an operator’s instructions stand with the caller’s', () => {
    const { body } = encoded({ turns: [{ role: 'system', blocks: [text('Be brief.')] }] });
    converse.upstream.instruct?.(body, { text: 'Be kind.', how: 'prepend' });
    expect(body['system']).toEqual([{ text: 'Be kind.' }, { text: 'Be brief.' }]);
    const { body: bare } = encoded({});
    converse.upstream.instruct?.(bare, { text: 'Be kind.', how: 'append' });
    expect(bare['system']).toEqual([{ text: 'Be kind.' }]);
  });
});
