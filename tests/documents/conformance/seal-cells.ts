import { type Block, type CanonicalRequest, type CanonicalResponse, emptyUsage, type JsonObject, type Seal } from '@tollgate/plugin-kit';
import { dialects, type ServedDialect } from '../../relay/dialects.js';
import { decoded, recordingContext, unknownModel, written } from '../translate-request.js';
import { tell } from './answer-cells.js';
import { type Cell, none, passed } from './cell.js';

/** Where vendors put the seals of their models' thinking. */
export const sealedPlaces = ['thinking', 'hidden thinking', 'tool call', 'text'] as const;

export type SealedPlace = (typeof sealedPlaces)[number];

const sealValue = 'RXJzdGVyU2VnZW4rL2Fi';
const call: Block = { type: 'tool-call', id: 'call_1', name: 'weather', arguments: '{"city":"Berne"}' };

function sealedBlocks(place: SealedPlace, seal: Seal): readonly Block[] {
  if (place === 'thinking') return [{ type: 'thinking', text: 'Hm.', seal }, call];
  if (place === 'hidden thinking') return [{ type: 'thinking', text: '', redacted: true, seal }, call];
  if (place === 'tool call') return [{ ...call, seal }];
  return [{ type: 'text', text: 'Let me see.', seal }, call];
}

function goingOn(answer: readonly Block[]): CanonicalRequest {
  return {
    model: unknownModel,
    stream: false,
    outputTokensMax: 4_000,
    thinking: { mode: 'on', effort: 'low' },
    tools: [{ name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }],
    turns: [
      { role: 'user', blocks: [{ type: 'text', text: 'Hello' }] },
      { role: 'assistant', blocks: answer },
      { role: 'user', blocks: [{ type: 'tool-result', callId: 'call_1', name: 'weather', content: [{ type: 'text', text: 'Sunny' }] }] },
    ],
  };
}

type Answer = Record<string, unknown>;
type History = { messages?: unknown[]; input?: unknown[]; contents?: unknown[] };

/** How clients put an answer into the history, unread: they append what they got. */
const appended: Readonly<Record<string, (body: History, answer: Answer) => void>> = {
  'openai-chat': ({ messages = [] }, { choices }) => void messages.splice(1, 1, (choices as { message: unknown }[])[0]?.message),
  'openai-responses'({ input = [] }, { output }) {
    // A call and its result are items of their own: the result stays, the rest is what the answer says.
    input.splice(1, input.length - 2, ...(output as unknown[]));
  },
  'claude-messages': ({ messages = [] }, { content }) => void messages.splice(1, 1, { role: 'assistant', content }),
  gemini: ({ contents = [] }, { candidates }) => void contents.splice(1, 1, (candidates as { content: unknown }[])[0]?.content),
};

/**
 * Two turns of a tool loop: the upstream seals something, the client gets it and sends it back unread. Green is a seal that its vendor
 * gets back to the letter and that no other vendor ever sees. Streamed, tests/relay/thinking-loops.test.ts proves it with official SDKs.
 */
export function sealCell(place: SealedPlace, client: ServedDialect, upstream: ServedDialect): Cell {
  const blocks = sealedBlocks(place, { vendor: upstream.vendor, value: sealValue });
  if (written(upstream, goingOn(blocks)) === undefined) return none;
  const response: CanonicalResponse = { id: 'answer_1', model: unknownModel, blocks, stop: 'tool', usage: emptyUsage() };
  const { heard } = tell(upstream, response, 'whole');
  const index = blocks.findIndex(({ seal }) => seal !== undefined);
  if (heard.blocks[index]?.seal?.value !== sealValue || heard.blocks[index].type !== blocks[index]?.type) return none;
  if (client.id === upstream.id) return passed;
  const understood = decoded(client, sentBack(client, heard), recordingContext());
  const isSeenBy = (dialect: ServedDialect): boolean =>
    JSON.stringify(dialect.upstream.encodeRequest({ ...understood, model: unknownModel }, recordingContext())).includes(sealValue);
  const others = dialects.filter(({ vendor }) => vendor !== upstream.vendor).filter(isSeenBy);
  if (others.length > 0) return { status: 'red', notes: [`The seal reaches ${others.map(({ id }) => id).join(', ')}.`] };
  return isSeenBy(upstream) ? { status: 'green', notes: [] } : { status: 'red', notes: ['The seal does not come back.'] };
}

/** The client's next request: the tool's result after the answer, as it came. */
function sentBack(client: ServedDialect, answer: CanonicalResponse): JsonObject {
  const request = goingOn([call]);
  const told = client.client.encodeResponse(answer, request, recordingContext());
  const body = JSON.parse(JSON.stringify(client.upstream.encodeRequest(request, recordingContext()))) as JsonObject;
  appended[client.id]?.(body, JSON.parse(JSON.stringify(told)) as Answer);
  return body;
}
