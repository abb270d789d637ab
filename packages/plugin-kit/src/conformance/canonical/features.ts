import type { Block, CanonicalRequest, JsonObject, ToolDefinition } from '../../canonical.js';
import { trialModel } from '../trial-context.js';

/** One thing that a request may ask for: the same request with and without it, so that what becomes of it can be seen. */
export interface Feature {
  readonly title: string;
  readonly without: CanonicalRequest;
  readonly asked: CanonicalRequest;
  /** Texts that belong to it and to nothing else: found in a body that carries it. */
  readonly marks: readonly string[];
  /** What a client's dialect reads back; texts are looked for instead where this is absent. */
  readonly value?: (request: CanonicalRequest) => unknown;
}

const text = (value: string): Block => ({ type: 'text', text: value });

function asking(fields: Partial<CanonicalRequest> = {}): CanonicalRequest {
  return { model: trialModel, stream: false, turns: [{ role: 'user', blocks: [text('Hello')] }], outputTokensMax: 4_000, ...fields };
}

/** The request that asks for nothing else. */
export const question: CanonicalRequest = asking();

const parameters: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const weather: ToolDefinition = { name: 'weather', parameters };
const call: Block = { type: 'tool-call', id: 'call_1', name: 'weather', arguments: '{"city":"Berne"}' };

/** A question, what the model did, and the tool's result. */
function looping(answer: readonly Block[], result: Partial<Extract<Block, { type: 'tool-result' }>> = {}): CanonicalRequest {
  const answered: Block = { type: 'tool-result', callId: 'call_1', name: 'weather', content: [{ type: 'text', text: 'Sunny' }], ...result };
  return asking({
    tools: [weather],
    turns: [
      { role: 'user', blocks: [text('Hello')] },
      { role: 'assistant', blocks: answer },
      { role: 'user', blocks: [answered] },
    ],
  });
}

function setting<Key extends keyof CanonicalRequest>(
  title: string,
  key: Key,
  value: NonNullable<CanonicalRequest[Key]>,
  marks: readonly string[] = [],
): Feature {
  return { title, without: asking(), asked: asking({ [key]: value }), marks, value: (request) => request[key] };
}

function sampling(key: keyof NonNullable<CanonicalRequest['sampling']>, value: number): Feature {
  return {
    title: key,
    without: asking(),
    asked: asking({ sampling: { [key]: value } }),
    marks: [],
    value: ({ sampling: read }) => read?.[key],
  };
}

function block(title: string, added: Block, marks: readonly string[]): Feature {
  return { title, without: asking(), asked: asking({ turns: [{ role: 'user', blocks: [text('Hello'), added] }] }), marks };
}

function tool(title: string, fields: Partial<ToolDefinition>, marks: readonly string[]): Feature {
  return { title, without: asking({ tools: [weather] }), asked: asking({ tools: [{ ...weather, ...fields }] }), marks };
}

function choice(title: string, fields: Partial<CanonicalRequest>): Feature {
  return { title, without: asking({ tools: [weather] }), asked: asking({ tools: [weather], ...fields }), marks: [] };
}

const base64 = 'dG9sbGdhdGUgbWFyayAx';

/** Turns and blocks. */
const contents: readonly Feature[] = [
  {
    title: 'instructions',
    without: asking(),
    asked: asking({
      turns: [
        { role: 'system', blocks: [text('mark-instructions')] },
        { role: 'user', blocks: [text('Hello')] },
      ],
    }),
    marks: ['mark-instructions'],
  },
  {
    title: 'an earlier exchange',
    without: asking(),
    asked: asking({
      turns: [
        { role: 'user', blocks: [text('mark-question')] },
        { role: 'assistant', blocks: [text('mark-answer')] },
        { role: 'user', blocks: [text('Hello')] },
      ],
    }),
    marks: ['mark-question', 'mark-answer'],
  },
  block('a second text', text('mark-second'), ['mark-second']),
  block('an image', { type: 'media', media: 'image', mimeType: 'image/png', source: { base64 } }, [base64]),
  block(
    'an image by its address',
    { type: 'media', media: 'image', mimeType: 'image/png', source: { url: 'https://example.org/mark.png' } },
    ['example.org/mark.png'],
  ),
  block('a document', { type: 'media', media: 'file', mimeType: 'application/pdf', filename: 'mark.pdf', source: { base64 } }, [base64]),
  block('audio', { type: 'media', media: 'audio', mimeType: 'audio/wav', source: { base64 } }, [base64]),
  block('a video', { type: 'media', media: 'video', mimeType: 'video/mp4', source: { url: 'https://example.org/mark.mp4' } }, [
    'example.org/mark.mp4',
  ]),
  block(
    'a file that lives at another vendor',
    { type: 'media', media: 'file', source: { fileId: 'file-elsewhere', vendor: 'elsewhere' } },
    ['file-elsewhere'],
  ),
  block('a block of another dialect', { type: 'opaque', dialect: 'elsewhere-chat', data: { words: 'mark-opaque' } }, ['mark-opaque']),
  {
    title: 'a mark for the prompt cache',
    without: asking(),
    asked: asking({ turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hello', cache: { lifetime: '1h' } }] }] }),
    marks: [],
  },
  { title: 'a tool call', without: asking({ tools: [weather] }), asked: looping([call]), marks: ['weather', 'Berne', 'Sunny'] },
  { title: 'words before a tool call', without: looping([call]), asked: looping([text('mark-before'), call]), marks: ['mark-before'] },
  { title: 'the failure of a tool', without: looping([call]), asked: looping([call], { failed: true }), marks: [] },
  {
    title: 'a picture from a tool',
    without: looping([call]),
    asked: looping([call], {
      content: [
        { type: 'text', text: 'Sunny' },
        { type: 'media', media: 'image', mimeType: 'image/png', source: { base64 } },
      ],
    }),
    marks: [base64],
  },
  {
    title: 'thinking of an earlier answer',
    without: looping([call]),
    asked: looping([{ type: 'thinking', text: 'mark-thought' }, call]),
    marks: ['mark-thought'],
  },
];

/** What is said once for the whole request. */
const settings: readonly Feature[] = [
  setting('a limit on the output', 'outputTokensMax', 1_234),
  setting('stop sequences', 'stopSequences', ['mark-stop'], ['mark-stop']),
  setting('the name of the end user', 'endUser', 'mark-user', ['mark-user']),
  setting('JSON', 'format', { type: 'json' }),
  {
    title: 'JSON by a schema',
    without: asking(),
    asked: asking({
      format: {
        type: 'json-schema',
        name: 'mark',
        schema: { ...parameters, properties: { 'mark-member': { type: 'string' } }, required: ['mark-member'] },
      },
    }),
    marks: ['mark-member'],
  },
  { title: 'thinking', without: asking(), asked: asking({ thinking: { mode: 'on', effort: 'high' } }), marks: [] },
  { title: 'thinking with a budget', without: asking(), asked: asking({ thinking: { mode: 'on', budgetTokens: 2_048 } }), marks: [] },
  sampling('temperature', 0.25),
  sampling('topP', 0.75),
  sampling('topK', 7),
  sampling('seed', 1_234),
  sampling('presencePenalty', 0.5),
  sampling('frequencyPenalty', 0.5),
  {
    title: 'a field of another dialect',
    without: asking(),
    asked: asking({ extensions: { 'elsewhere-chat': { whim: 'mark-whim' } } }),
    marks: ['mark-whim'],
  },
];

const tools: readonly Feature[] = [
  { title: 'a tool', without: asking(), asked: asking({ tools: [weather] }), marks: ['weather', 'city'] },
  tool('the description of a tool', { description: 'mark-description' }, ['mark-description']),
  tool('strict arguments', { strict: true }, []),
  {
    title: 'a tool for plain text',
    without: asking(),
    asked: asking({ tools: [{ name: 'mark_patch', freeform: true }] }),
    marks: ['mark_patch'],
  },
  {
    title: 'a server tool of another dialect',
    without: asking({ tools: [weather] }),
    asked: asking({ tools: [weather, { name: 'mark_search', builtin: { dialect: 'elsewhere-chat', data: { type: 'mark_search' } } }] }),
    marks: ['mark_search'],
  },
  {
    title: 'a search at the vendor',
    without: asking({ tools: [weather] }),
    asked: asking({ tools: [weather, { name: 'web_search', server: { kind: 'web-search', allowedDomains: ['mark.example'] } }] }),
    marks: ['mark.example'],
  },
  {
    title: 'code that runs at the vendor',
    without: asking(),
    asked: asking({ tools: [{ name: 'mark_code', server: { kind: 'code-execution' } }] }),
    marks: [],
  },
  choice('the duty to call a tool', { toolChoice: 'required' }),
  choice('the duty to call one tool', { toolChoice: { name: 'weather' } }),
  choice('the ban on tools', { toolChoice: 'none' }),
  choice('one call at a time', { parallelToolCalls: false }),
];

/** Everything that a request in canonical form may ask for, one thing at a time. */
export const features: readonly Feature[] = [...contents, ...settings, ...tools];
