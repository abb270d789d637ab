import { type Instructions, objectIn, type JsonObject, withInstructions } from '@tollgate/plugin-kit';

const roles: readonly unknown[] = ['system', 'developer'];

/** True for a message that instructs, in both of the vendor's languages. */
function instructs(message: unknown): message is JsonObject {
  return roles.includes(objectIn(message)?.['role']);
}

/** Into the first of the messages that instruct, behind the last of those, or before all messages. */
export function instructChat(body: JsonObject, instructions: Instructions): void {
  const messages: readonly unknown[] = Array.isArray(body['messages']) ? body['messages'] : [];
  const { text, how } = instructions;
  const place = how === 'append' ? messages.findLastIndex(instructs) : messages.findIndex(instructs);
  const message = messages[place];
  if (!instructs(message)) body['messages'] = [{ role: 'system', content: text }, ...messages];
  else if (how === 'set') body['messages'] = [{ role: message['role'], content: text }, ...messages.filter((other) => !instructs(other))];
  else {
    const content = withInstructions(message['content'], instructions, (block) => ({ type: 'text', text: block }));
    body['messages'] = messages.map((other, index) => (index === place ? { ...message, content } : other));
  }
}

/** Into the field for instructions. Callers may instruct by messages, too: they stay, unless they are replaced. */
export function instructResponses(body: JsonObject, instructions: Instructions): void {
  const { input, instructions: given } = body;
  const items: readonly unknown[] = Array.isArray(input) ? input : [];
  if (instructions.how === 'when-absent' && items.some(instructs)) return;
  if (instructions.how === 'set' && items.some(instructs)) body['input'] = items.filter((item) => !instructs(item));
  body['instructions'] = withInstructions(given, instructions, (text) => ({ type: 'input_text', text }));
}
