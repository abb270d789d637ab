import type { Behaviour } from '../../replay/scripted-upstream.js';
import { chatFrame, sendJson } from '../../replay/scripted-upstream.js';

/** Answers with a tool call so many times, then with text. */
export const loopTurns = 2;

type Json = Record<string, unknown>;

/** A server that speaks chat and passes on the sealed thinking of another company's model: written from resellers' documents. */
export interface Reseller {
  readonly title: string;
  /** Name of the model at the reseller. */
  readonly model: string;
  readonly dialect: 'openai-chat' | 'openai-chat-think-tags';
  /** What the messages of the assistant in a request bring back of sealed thinking, message by message. */
  sealedIn(body: unknown): readonly unknown[];
  /** What its answer to a request with so many tool results wants back. */
  sealedAt(turn: number): unknown;
  readonly behaviour: Behaviour;
}

interface Words {
  readonly title: string;
  readonly model: string;
  readonly dialect?: Reseller['dialect'];
  /** Fields of the message that hold thinking; `callId` is the call that it decided on. */
  thinking(turn: number, callId: string): Json;
  /** The seal on the call itself. */
  callFields?(turn: number): Json;
  sealedIn(message: Json): unknown;
}

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

function messageOf(words: Words, turn: number): Json {
  const id = `call_${turn}`;
  const { content = null, ...thinking } = words.thinking(turn, id);
  const call = {
    id,
    type: 'function',
    function: { name: 'weather', arguments: JSON.stringify({ city: `City ${turn}` }) },
    ...words.callFields?.(turn),
  };
  const said = typeof content === 'string' ? content : '';
  return {
    role: 'assistant',
    ...thinking,
    ...(turn < loopTurns ? { content: said === '' ? null : said, tool_calls: [call] } : { content: `${said}Done.` }),
  };
}

/** Each detail in a chunk of its own, its words and its seal apart, as resellers stream them. */
function piecesOf(message: Json): readonly Json[] {
  const { reasoning_details: details, reasoning, content, tool_calls: calls, ...rest } = message;
  const isInDetails = list(details).some(({ text, summary }) => text !== undefined || summary !== undefined);
  const pieces = list(details).flatMap((detail) => {
    const { text, signature, ...head } = detail;
    if (signature === undefined) return [detail];
    return [
      { ...head, text: '', signature: '' },
      { ...head, text },
      { ...head, signature },
    ];
  });
  const spoken = typeof content === 'string' ? content : '';
  return [
    { ...rest, reasoning: isInDetails ? null : reasoning },
    ...pieces.map((piece) => ({ content: '', reasoning: piece['text'] ?? piece['summary'] ?? null, reasoning_details: [piece] })),
    ...(spoken.match(/.{1,3}/gsu) ?? []).map((text) => ({ content: text })),
    ...list(calls).map((call, index) => ({ tool_calls: [{ index, ...call }] })),
  ];
}

function resellerOf(words: Words): Reseller {
  const { title, model, dialect = 'openai-chat' } = words;
  return {
    title,
    model,
    dialect,
    sealedIn: (body) =>
      list((body as Json)['messages'])
        .filter(({ role }) => role === 'assistant')
        .map(words.sealedIn),
    sealedAt: (turn) => words.sealedIn(messageOf(words, turn)),
    behaviour(request, response) {
      const body = JSON.parse(request.body.toString('utf8')) as Json;
      const turn = list(body['messages']).filter(({ role }) => role === 'tool').length;
      const finish = turn < loopTurns ? 'tool_calls' : 'stop';
      const message = messageOf(words, turn);
      const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
      if (body['stream'] !== true) {
        return sendJson(response, 200, { id: 'gen-1', model, choices: [{ index: 0, message, finish_reason: finish }], usage });
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const delta of piecesOf(message)) response.write(chatFrame(delta));
      response.end(`${chatFrame({}, finish)}data: ${JSON.stringify({ id: 'gen-1', model, choices: [], usage })}\n\ndata: [DONE]\n\n`);
    },
  };
}

/** The details of one thought in one piece, whether or not a client has joined them. */
function joinedDetails(details: unknown): unknown {
  const joined: Json[] = [];
  for (const { text, signature, ...head } of list(details)) {
    let known = joined.find(({ index, type }) => index === head['index'] && type === head['type']);
    if (known === undefined) joined.push((known = head));
    if (typeof text === 'string') known['text'] = `${typeof known['text'] === 'string' ? known['text'] : ''}${text}`;
    if (typeof signature === 'string' && signature !== '') known['signature'] = signature;
  }
  return joined;
}

/** The seals alone: words beside a seal that is not on them may come back as plain text. */
const sealsAlone = ({ reasoning_details: details }: Json): unknown => list(details).filter(({ data }) => data !== undefined);

export const resellers: readonly Reseller[] = [
  resellerOf({
    title: 'Claude, signed in details',
    model: 'anthropic/claude-x',
    thinking: (turn) => ({
      reasoning: `Thought ${turn}.`,
      reasoning_details: [
        {
          type: 'reasoning.text',
          text: `Thought ${turn}.`,
          signature: base64(`claude ${turn} +/=`),
          format: 'anthropic-claude-v1',
          index: 0,
        },
      ],
    }),
    sealedIn: ({ reasoning_details: details }) => joinedDetails(details),
  }),
  resellerOf({
    title: 'Claude, redacted',
    model: 'anthropic/claude-y',
    thinking: (turn) => ({
      reasoning: null,
      reasoning_details: [{ type: 'reasoning.encrypted', data: base64(`redacted ${turn}`), format: 'anthropic-claude-v1', index: 0 }],
    }),
    sealedIn: sealsAlone,
  }),
  resellerOf({
    title: 'Gemini, a call sealed in details',
    model: 'google/gemini-x',
    thinking: (turn, callId) => ({
      reasoning: `Thought ${turn}.`,
      reasoning_details: [
        { type: 'reasoning.encrypted', data: base64(`gemini ${turn} ??>`), id: callId, format: 'google-gemini-v1', index: 0 },
      ],
    }),
    sealedIn: sealsAlone,
  }),
  resellerOf({
    title: 'Gemini, a call sealed on itself',
    model: 'gemini-3-x',
    thinking: () => ({}),
    callFields: (turn) => ({ extra_content: { google: { thought_signature: base64(`google ${turn} ??>`) } } }),
    sealedIn: ({ tool_calls: calls }) => list(calls).map(({ extra_content: extra }) => extra),
  }),
  resellerOf({
    title: 'OpenAI, encrypted beside a summary',
    model: 'openai/gpt-x',
    thinking: (turn) => ({
      reasoning: `Thought ${turn}.`,
      reasoning_details: [
        { type: 'reasoning.summary', summary: `Thought ${turn}.`, format: 'openai-responses-v1', index: 0 },
        { type: 'reasoning.encrypted', data: `gAAAA-${turn}_==`, id: `rs_${turn}`, format: 'openai-responses-v1', index: 0 },
      ],
    }),
    sealedIn: ({ reasoning_details: details }) => details,
  }),
  resellerOf({
    title: 'a local model that thinks in its content',
    model: 'local-x',
    dialect: 'openai-chat-think-tags',
    thinking: (turn) => ({ content: `<think>\nThought ${turn}.\n</think>\n\n` }),
    sealedIn: () => undefined,
  }),
];
