import type { Block, CanonicalRequest, DialectId, JsonObject, ServerTool, ToolDefinition, Vendor } from '@tollgate/plugin-kit';

/** Something that a request may ask for, as the smallest request that asks for it. */
export interface Capability {
  readonly title: string;
  /** Where vendors have words of their own for it, the request by the client's dialect; those without words are left out. */
  readonly request: CanonicalRequest | Readonly<Record<DialectId, CanonicalRequest>>;
}

/** The request of a client of the dialect; undefined if it cannot ask for this. */
export function requestIn(dialect: DialectId, { request }: Capability): CanonicalRequest | undefined {
  return 'turns' in request ? (request as CanonicalRequest) : request[dialect];
}

const model = 'some-model';
const hello: Block = { type: 'text', text: 'Hello' };
const base64 = 'AAAA';
const weather = { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };

function asking(fields: Partial<CanonicalRequest>): CanonicalRequest {
  return { model, stream: false, turns: [{ role: 'user', blocks: [hello] }], outputTokensMax: 4_000, ...fields };
}

function saying(...blocks: readonly Block[]): CanonicalRequest {
  return asking({ turns: [{ role: 'user', blocks }] });
}

/** A tool loop: a question, what the model did, the result. */
function looping(answer: readonly Block[], result: Partial<Extract<Block, { type: 'tool-result' }>> = {}): CanonicalRequest {
  return asking({
    tools: [weather],
    turns: [
      { role: 'user', blocks: [hello] },
      { role: 'assistant', blocks: answer },
      {
        role: 'user',
        blocks: [{ type: 'tool-result', callId: 'call_1', name: 'weather', content: [{ type: 'text', text: 'Sunny' }], ...result }],
      },
    ],
  });
}

const searcher = 'gpt-4o-search-preview';

function webSearch(options: Omit<Extract<ServerTool, { kind: 'web-search' }>, 'kind'>): ToolDefinition {
  return { name: 'web_search', server: { kind: 'web-search', ...options } };
}

function searching(options: Parameters<typeof webSearch>[0]): CanonicalRequest {
  return asking({ model: searcher, tools: [webSearch(options)] });
}

/** A tool that only this vendor has. */
function serverTool(dialect: DialectId, name: string, data: JsonObject): CanonicalRequest {
  return asking({ tools: [{ name, builtin: { dialect, data } }] });
}

/** A document that was uploaded to the vendor before. */
function uploaded(vendor: Vendor, fileId = 'file-1', more: { readonly mimeType?: string } = {}): CanonicalRequest {
  return saying(hello, { type: 'media', media: 'file', source: { fileId, vendor }, ...more });
}

const call: Block = { type: 'tool-call', id: 'call_1', name: 'weather', arguments: '{"city":"Bern"}' };
const schema = { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'], additionalProperties: false };

export const capabilities: readonly Capability[] = [
  {
    title: 'text, several turns',
    request: asking({
      turns: [
        { role: 'user', blocks: [hello] },
        { role: 'assistant', blocks: [hello] },
        { role: 'user', blocks: [hello] },
      ],
    }),
  },
  {
    title: 'instructions',
    request: asking({
      turns: [
        { role: 'system', blocks: [hello] },
        { role: 'user', blocks: [hello] },
      ],
    }),
  },
  {
    title: 'instructions later on',
    request: asking({
      turns: [
        { role: 'user', blocks: [hello] },
        { role: 'system', blocks: [hello] },
        { role: 'user', blocks: [hello] },
      ],
    }),
  },
  { title: 'image, base64', request: saying(hello, { type: 'media', media: 'image', mimeType: 'image/png', source: { base64 } }) },
  { title: 'image, address', request: saying(hello, { type: 'media', media: 'image', source: { url: 'https://example.org/a.png' } }) },
  {
    title: 'document, base64',
    request: saying(hello, { type: 'media', media: 'file', mimeType: 'application/pdf', filename: 'a.pdf', source: { base64 } }),
  },
  {
    title: 'document, address',
    request: saying(hello, { type: 'media', media: 'file', mimeType: 'application/pdf', source: { url: 'https://example.org/a.pdf' } }),
  },
  {
    title: 'document, uploaded before',
    request: {
      'openai-chat': uploaded('openai'),
      'openai-responses': uploaded('openai'),
      'claude-messages': uploaded('anthropic'),
      gemini: uploaded('google', 'https://generativelanguage.googleapis.com/v1beta/files/a', { mimeType: 'application/pdf' }),
    },
  },
  { title: 'audio, base64', request: saying(hello, { type: 'media', media: 'audio', mimeType: 'audio/wav', source: { base64 } }) },
  {
    title: 'video, address',
    request: saying(hello, { type: 'media', media: 'video', mimeType: 'video/mp4', source: { url: 'https://example.org/a.mp4' } }),
  },
  { title: 'tools', request: asking({ tools: [{ ...weather, description: 'Weather.' }] }) },
  { title: 'tools, strict', request: asking({ tools: [{ ...weather, parameters: schema, strict: true }] }) },
  // Clients ask models of the vendor that has such tools for them.
  { title: 'tool for plain text', request: asking({ model: 'gpt-4o', tools: [{ name: 'patch', freeform: true }] }) },
  { title: 'choice of a tool', request: asking({ tools: [weather], toolChoice: { name: 'weather' } }) },
  { title: 'any tool, one at a time', request: asking({ tools: [weather], toolChoice: 'required', parallelToolCalls: false }) },
  // Clients of chat ask models for it that are made to search.
  { title: 'web search', request: searching({}) },
  { title: 'web search near the user', request: searching({ userLocation: { country: 'CH', city: 'Bern' } }) },
  { title: 'web search, much or little of it', request: searching({ contextSize: 'low' }) },
  { title: 'web search, some domains only', request: searching({ allowedDomains: ['example.org'] }) },
  { title: 'web search, not some domains', request: searching({ blockedDomains: ['example.org'] }) },
  { title: 'web search, so many times', request: searching({ usesMax: 3 }) },
  { title: 'web search beside tools', request: asking({ model: searcher, tools: [weather, webSearch({})] }) },
  { title: 'choice of the web search', request: asking({ model: searcher, tools: [webSearch({})], toolChoice: { name: 'web_search' } }) },
  { title: 'fetching pages', request: asking({ tools: [{ name: 'web_fetch', server: { kind: 'web-fetch' } }] }) },
  { title: 'running code', request: asking({ tools: [{ name: 'code_execution', server: { kind: 'code-execution' } }] }) },
  { title: 'tool loop', request: looping([call]) },
  { title: 'failed tool', request: looping([call], { failed: true }) },
  {
    title: 'image from a tool',
    request: looping([call], { content: [{ type: 'media', media: 'image', mimeType: 'image/png', source: { base64 } }] }),
  },
  {
    title: 'server tool of one vendor',
    request: {
      'openai-responses': serverTool('openai-responses', 'image_generation', { type: 'image_generation' }),
      'claude-messages': serverTool('claude-messages', 'memory', { type: 'memory_20250818', name: 'memory' }),
    },
  },
  { title: 'thinking, by effort', request: asking({ thinking: { mode: 'on', effort: 'high' } }) },
  { title: 'thinking, by budget', request: asking({ thinking: { mode: 'on', budgetTokens: 2_000 } }) },
  { title: 'thinking, off', request: asking({ thinking: { mode: 'off' } }) },
  { title: 'JSON', request: asking({ format: { type: 'json' } }) },
  { title: 'JSON by schema', request: asking({ format: { type: 'json-schema', name: 'answer', schema, strict: true } }) },
  { title: 'stop sequences', request: asking({ stopSequences: ['END'] }) },
  { title: 'temperature and top-p', request: asking({ sampling: { temperature: 0.5, topP: 0.9 } }) },
  { title: 'top-k', request: asking({ sampling: { topK: 5 } }) },
  { title: 'seed', request: asking({ sampling: { seed: 7 } }) },
  { title: 'penalties', request: asking({ sampling: { presencePenalty: 0.5, frequencyPenalty: 0.5 } }) },
  { title: 'cache marks', request: saying({ ...hello, cache: {} }) },
  { title: 'end user', request: asking({ endUser: 'u-1' }) },
];
