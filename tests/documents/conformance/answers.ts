import { type Block, type CanonicalResponse, emptyUsage, type JsonObject, type StopReason, type Usage } from '@tollgate/plugin-kit';
import type { ServedDialect } from '../../relay/dialects.js';
import { unknownModel } from '../translate-request.js';

/** Something that an answer may hold, as the smallest answer that holds it. */
export interface AnswerCapability {
  readonly title: string;
  /** The answer as an upstream of the dialect gives it; undefined if it has no such thing. */
  answer(upstream: ServedDialect): CanonicalResponse | undefined;
}

const plainUsage: Usage = { ...emptyUsage(), inputText: 100, outputText: 30 };
const text: Block = { type: 'text', text: 'Grüezi 👋🏽 "quoted"\n' };
const base64 = 'AAAA';

function call(city: string, id = 'call_1'): Block {
  return { type: 'tool-call', id, name: 'weather', arguments: JSON.stringify({ city }) };
}

function saying(blocks: readonly Block[], stop: StopReason = 'end', more: Partial<CanonicalResponse> = {}): CanonicalResponse {
  return { id: 'answer_1', model: unknownModel, blocks, stop, usage: plainUsage, ...more };
}

function using(usage: Partial<Usage>): CanonicalResponse {
  return saying([text], 'end', { usage: { ...plainUsage, ...usage } });
}

/** An answer that is the same whoever gives it. */
function any(title: string, response: CanonicalResponse): AnswerCapability {
  return { title, answer: () => response };
}

/** What the vendor did by itself, in its own words. */
const serverWork: Readonly<Record<string, JsonObject>> = {
  'openai-responses': { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'Berne' } },
  'claude-messages': { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'Berne' } },
  gemini: { executableCode: { language: 'PYTHON', code: 'print(1)' } },
};

export const answerCapabilities: readonly AnswerCapability[] = [
  any('text', saying([text])),
  {
    title: 'thinking',
    answer: ({ vendor }) => saying([{ type: 'thinking', text: 'Hm.', seal: { vendor, value: 'c2VhbA==' } }, text]),
  },
  {
    title: 'hidden thinking',
    answer: ({ vendor }) => saying([{ type: 'thinking', text: '', redacted: true, seal: { vendor, value: 'c2VhbA==' } }, text]),
  },
  any('tool call', saying([call('Berne')], 'tool')),
  any('text and parallel tool calls', saying([text, call('Berne'), call('Basle', 'call_2')], 'tool')),
  any(
    'call of a tool for plain text',
    saying([{ type: 'tool-call', id: 'call_1', name: 'patch', arguments: 'a = 1', freeform: true }], 'tool'),
  ),
  any('citation', saying([{ type: 'text', text: 'So they say.', citations: [{ url: 'https://example.org/a', title: 'A' }] }])),
  {
    title: 'work of a server tool',
    answer({ id }) {
      const data = serverWork[id];
      return data && saying([{ type: 'opaque', dialect: id, data }, text]);
    },
  },
  any('image', saying([text, { type: 'media', media: 'image', mimeType: 'image/png', source: { base64 } }])),
  any('audio', saying([{ type: 'media', media: 'audio', mimeType: 'audio/wav', source: { base64 } }])),
  any('end at the token limit', saying([text], 'length')),
  any('end at a stop sequence', saying([text], 'stop-sequence', { stopSequence: 'END' })),
  any('filtered', saying([text], 'filter')),
  any('refusal', saying([text], 'refusal')),
  any('pause', saying([text], 'pause')),
  any('usage: cached input', using({ inputCacheRead: 20 })),
  any('usage: input written to the cache', using({ inputCacheWrite5m: 20 })),
  any('usage: reasoning', using({ outputReasoning: 7 })),
];
