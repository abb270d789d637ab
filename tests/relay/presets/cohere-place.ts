type Body = Readonly<Record<string, unknown>>;

const fields = new Set(
  'model messages stream tools strict_tools documents citation_options response_format safety_mode max_tokens stop_sequences temperature seed frequency_penalty presence_penalty k p logprobs tool_choice thinking'.split(
    ' ',
  ),
);
const fieldsByRole: Readonly<Record<string, readonly string[]>> = {
  system: ['role', 'content'],
  user: ['role', 'content'],
  assistant: ['role', 'content', 'tool_calls', 'tool_plan', 'citations'],
  tool: ['role', 'content', 'tool_call_id'],
};

/** Why `POST /v2/chat` would refuse a body, by its reference: what it does not know, and what is out of bounds. */
export function cohereRefusal(body: Body): string | undefined {
  const extra = Object.keys(body).find((field) => !fields.has(field));
  if (extra !== undefined) return `unknown field: parameter '${extra}' is not a valid field`;
  const { p, frequency_penalty: penalty = 0, messages } = body;
  if (body['frequency_penalty'] !== undefined && body['presence_penalty'] !== undefined)
    return 'cannot specify both frequency_penalty and presence_penalty';
  if (p !== undefined && !(Number(p) >= 0.01 && Number(p) <= 0.99)) return 'p must be between 0.01 and 0.99';
  if (Number(penalty) < 0 || Number(penalty) > 1) return 'frequency_penalty must be between 0 and 1';
  return (messages as readonly Body[]).map(messageRefusal).find((refusal) => refusal !== undefined);
}

function messageRefusal(message: Body): string | undefined {
  const known = fieldsByRole[String(message['role'])];
  if (known === undefined) return `invalid role ${String(message['role'])}`;
  const extra = Object.keys(message).find((field) => !known.includes(field));
  if (extra !== undefined) return `unknown field ${extra} in a message of the ${String(message['role'])}`;
  const isEmpty = message['content'] === undefined || message['content'] === '';
  return isEmpty && message['tool_calls'] === undefined ? 'message must have content' : undefined;
}

const usage = { billed_units: { input_tokens: 5, output_tokens: 1 }, tokens: { input_tokens: 71, output_tokens: 3 } };

export const cohereAnswer: object = {
  id: 'c-1',
  finish_reason: 'COMPLETE',
  message: { role: 'assistant', content: [{ type: 'text', text: 'ok' }] },
  usage,
};

const events = [
  {
    id: 'c-1',
    type: 'message-start',
    delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } },
  },
  { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
  { type: 'content-delta', index: 0, delta: { message: { content: { text: 'o' } } } },
  { type: 'content-delta', index: 0, delta: { message: { content: { text: 'k' } } } },
  { type: 'content-end', index: 0 },
  { type: 'message-end', delta: { finish_reason: 'COMPLETE', usage } },
];

export const cohereStream = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
