import { createHash } from 'node:crypto';
import type { DemoRequest } from './demo-request.js';
import { exampleOf } from './example-of.js';

/** What the demo model says. `words` and `thoughts` are the pieces in which a stream sends them. */
export interface DemoAnswer {
  readonly id: string;
  readonly thoughts: readonly string[];
  readonly words: readonly string[];
  readonly toolCall?: { readonly id: string; readonly name: string; readonly arguments: string };
  readonly finish: 'stop' | 'length' | 'tool_calls';
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number; readonly thought_tokens: number };
}

/**
 * The model: repeats the last message, reports a tool's result, or calls the first tool if there are tools and no result yet. A token is a
 * word with the white space before it; a picture is one token. `body` makes the ids: the same request gets the same answer.
 */
export function answerTo(request: DemoRequest, body: Buffer): DemoAnswer {
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 24);
  const toolCall = toolCallFor(request, digest);
  const tokensMax = request.max_tokens ?? request.max_completion_tokens ?? Number.POSITIVE_INFINITY;
  const allThoughts = isThinking(request) ? wordsOf(thoughtAbout(request)) : [];
  const allWords = toolCall === undefined ? wordsOf(textFor(request)) : [];
  const thoughts = allThoughts.slice(0, tokensMax);
  const words = allWords.slice(0, tokensMax - thoughts.length);
  const isCut = thoughts.length + words.length < allThoughts.length + allWords.length;
  return {
    id: `demo-${digest}`,
    thoughts,
    words,
    ...(toolCall === undefined ? {} : { toolCall }),
    finish: isCut ? 'length' : toolCall === undefined ? 'stop' : 'tool_calls',
    usage: {
      prompt_tokens: promptTokens(request),
      completion_tokens: words.length + (toolCall === undefined ? 0 : wordsOf(`${toolCall.name} ${toolCall.arguments}`).length),
      thought_tokens: thoughts.length,
    },
  };
}

function isThinking(request: DemoRequest): boolean {
  return typeof request.effort === 'string' && request.effort !== 'none';
}

function thoughtAbout(request: DemoRequest): string {
  return `The last message has ${wordsOf(lastText(request)).length} words. An echo is the most honest answer that I can give.`;
}

function textFor(request: DemoRequest): string {
  const isToolResult = request.messages.at(-1)?.role === 'tool';
  return isToolResult
    ? `The tool says: ${lastText(request)}`
    : `You wrote: ${lastText(request)}\n\nThis is the demo model, which answers without any key.`;
}

function toolCallFor(request: DemoRequest, digest: string): DemoAnswer['toolCall'] {
  if (request.tool_choice === 'none' || request.messages.at(-1)?.role === 'tool') return undefined;
  const functions = (request.tools ?? []).flatMap((tool) => (tool.function === undefined ? [] : [tool.function]));
  const wanted = (request.tool_choice as { function?: { name?: unknown } } | null | undefined)?.function?.name;
  const chosen = functions.find((tool) => tool.name === wanted) ?? functions[0];
  if (chosen === undefined) return undefined;
  return { id: `call_${digest}`, name: chosen.name, arguments: JSON.stringify(exampleOf(chosen.parameters ?? { type: 'object' })) };
}

function promptTokens(request: DemoRequest): number {
  const messages = request.messages.reduce((sum, message) => sum + wordsOf(textOf(message.content)).length, 0);
  return messages + (request.tools ?? []).reduce((sum, tool) => sum + wordsOf(JSON.stringify(tool)).length, 0);
}

function lastText(request: DemoRequest): string {
  return textOf(request.messages.at(-1)?.content).trim();
}

/** Content is text or a list of parts; a part that is no text is shown by its type. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map(textOfPart).join(' ') : '';
}

function textOfPart(part: { readonly type?: unknown; readonly text?: unknown } | null): string {
  return typeof part?.text === 'string' ? part.text : `[${String(part?.type)}]`;
}

function wordsOf(text: string): readonly string[] {
  return text.match(/\s*\S+/g) ?? [];
}
