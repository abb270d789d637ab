const callId = 'call_0123456789abcdef';
const city = { city: 'Bern' };
const schema = { type: 'object', properties: { city: { type: 'string' } } };

/** The middle of an agent's work, with all that places are particular about: thinking, calls of tools, ids, limits of sampling, a user. */
export const questions: Readonly<Record<string, (model: string, stream: boolean) => object>> = {
  'openai-chat': (model, stream) => ({
    model,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: null,
        reasoning_content: 'Hm.',
        tool_calls: [{ id: callId, type: 'function', function: { name: 'weather', arguments: JSON.stringify(city) } }],
      },
      { role: 'tool', tool_call_id: callId, content: 'Sunny' },
    ],
    tools: [{ type: 'function', function: { name: 'weather', parameters: schema } }],
    top_p: 1,
    seed: 7,
    user: 'u-1',
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  }),
  'openai-responses': (model, stream) => ({
    model,
    instructions: 'Be brief.',
    input: [
      { role: 'user', content: 'Weather?' },
      { type: 'function_call', call_id: callId, name: 'weather', arguments: JSON.stringify(city) },
      { type: 'function_call_output', call_id: callId, output: 'Sunny' },
    ],
    tools: [{ type: 'function', name: 'weather', parameters: schema, strict: false }],
    reasoning: { effort: 'high' },
    top_p: 1,
    user: 'u-1',
    ...(stream ? { stream: true } : {}),
  }),
  'claude-messages': (model, stream) => ({
    model,
    max_tokens: 4_000,
    system: 'Be brief.',
    messages: [
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.', signature: 'c2lnbmF0dXJl' },
          { type: 'tool_use', id: callId, name: 'weather', input: city },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: callId, content: 'Sunny' }] },
    ],
    tools: [{ name: 'weather', input_schema: schema }],
    thinking: { type: 'enabled', budget_tokens: 1_024 },
    top_p: 1,
    stop_sequences: ['END'],
    metadata: { user_id: 'u-1' },
    ...(stream ? { stream: true } : {}),
  }),
  gemini: () => ({
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [
      { role: 'user', parts: [{ text: 'Weather?' }] },
      { role: 'model', parts: [{ text: 'Hm.', thought: true }, { functionCall: { id: callId, name: 'weather', args: city } }] },
      { role: 'user', parts: [{ functionResponse: { id: callId, name: 'weather', response: { output: 'Sunny' } } }] },
    ],
    tools: [{ functionDeclarations: [{ name: 'weather', parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } } } }] }],
    generationConfig: {
      topP: 1,
      seed: 7,
      stopSequences: ['END'],
      presencePenalty: 0.5,
      frequencyPenalty: 0.5,
      thinkingConfig: { thinkingBudget: 1_024 },
    },
  }),
};

type Json = Record<string, unknown>;
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const texts = (parts: readonly (string | undefined)[]): string => parts.map((part) => part ?? '').join('');
const field = (value: unknown, name: string): unknown => (value as Json | undefined)?.[name];

const wholeText: Readonly<Record<string, (answer: Json) => string>> = {
  'openai-chat': ({ choices }) => texts(list(choices).map(({ message }) => field(message, 'content') as string)),
  'openai-responses': ({ output }) => texts(list(output).flatMap(({ content }) => list(content).map(({ text }) => text as string))),
  'claude-messages': ({ content }) => texts(list(content).map(({ text }) => text as string)),
  gemini: ({ candidates }) =>
    texts(list(candidates).flatMap(({ content }) => list(field(content, 'parts')).map(({ text }) => text as string))),
};

const deltaText: Readonly<Record<string, (event: Json) => string>> = {
  'openai-chat': ({ choices }) => texts(list(choices).map(({ delta }) => field(delta, 'content') as string)),
  'openai-responses': ({ type, delta }) => (type === 'response.output_text.delta' ? (delta as string) : ''),
  'claude-messages': ({ delta }) => texts([field(delta, 'text') as string]),
  gemini: (event) => wholeText['gemini']?.(event) ?? '',
};

/** The text of an answer as a client of the dialect would show it. */
export function textIn(dialect: string, body: string, stream: boolean): string {
  if (!stream) return wholeText[dialect]?.(JSON.parse(body) as Json) ?? '';
  const frames = body.split('\n').flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6)) as Json] : []));
  return texts(frames.map((frame) => deltaText[dialect]?.(frame)));
}
