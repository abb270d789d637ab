import type { DemoAnswer } from './demo-answer.js';

const argumentsPieceLength = 16;

/** The answer as one body. */
export function completionOf(answer: DemoAnswer, model: string): object {
  const message = {
    role: 'assistant',
    content: answer.toolCall === undefined ? answer.words.join('') : null,
    ...(answer.thoughts.length > 0 ? { thought: answer.thoughts.join('') } : {}),
    ...(answer.toolCall === undefined ? {} : { tool_calls: [toolCallOf(answer.toolCall)] }),
  };
  return { ...head(answer, model, 'chat.completion'), choices: [{ index: 0, message, finish_reason: answer.finish }], usage: answer.usage };
}

/** The answer as the chunks of a stream: thoughts first, then words or a tool call, then the reason for the end. */
export function* chunksOf(answer: DemoAnswer, model: string, includesUsage: boolean): Generator<object> {
  const common = head(answer, model, 'chat.completion.chunk');
  const chunk = (delta: object, finish: string | null = null): object => ({
    ...common,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  yield chunk({ role: 'assistant', content: '' });
  for (const thought of answer.thoughts) yield chunk({ thought });
  for (const content of answer.words) yield chunk({ content });
  for (const call of toolCallPieces(answer.toolCall)) yield chunk({ tool_calls: [call] });
  yield chunk({}, answer.finish);
  if (includesUsage) yield { ...common, choices: [], usage: answer.usage };
}

function head(answer: DemoAnswer, model: string, object: string): object {
  return { id: answer.id, object, created: Math.floor(Date.now() / 1_000), model };
}

function toolCallOf({ id, name, arguments: args }: NonNullable<DemoAnswer['toolCall']>): object {
  return { id, type: 'function', function: { name, arguments: args } };
}

function* toolCallPieces(call: DemoAnswer['toolCall']): Generator<object> {
  if (call === undefined) return;
  yield { index: 0, ...toolCallOf({ ...call, arguments: '' }) };
  for (let start = 0; start < call.arguments.length; start += argumentsPieceLength)
    yield { index: 0, function: { arguments: call.arguments.slice(start, start + argumentsPieceLength) } };
}
