import {
  BadRequestError,
  type Block,
  type CodecContext,
  type JsonObject,
  type ToolCallBlock,
  type ToolResultBlock,
  type Turn,
} from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { isObject, optionalObject, optionalText, requireArray, requireName, requireObject, requireText } from '../request-fields.js';
import { decodeContent } from './decode-content.js';
import { readSealedThinking, withSeals } from './sealed-thinking.js';
import { readSealContent } from './seals.js';

/** Messages as turns; the answers to parallel tool calls stand together in one user turn. */
export function decodeMessages(messages: readonly unknown[], context: CodecContext): readonly Turn[] {
  const decoder = new MessageDecoder(context);
  messages.forEach((message, index) => {
    const field = `messages.${index}`;
    decoder.message(requireObject(message, field), field);
  });
  return decoder.turns;
}

class MessageDecoder {
  readonly turns: Turn[] = [];
  /** Results of the run of tool messages that the last turn consists of. */
  private results: ToolResultBlock[] | undefined;
  /** Calls in the vendor's first, nameless form of tool use have no id; the next result answers the last call. */
  private lastFunctionCallId: string | undefined;

  constructor(private readonly context: CodecContext) {}

  message(message: JsonObject, field: string): void {
    if (message['role'] === 'tool') return this.addResult(this.toolResult(message, field));
    if (message['role'] === 'function') return this.addResult(this.functionResult(message, field));
    this.results = undefined;
    this.turns.push(this.turn(message, field));
    if (message['name'] !== undefined) {
      this.context.lose({ field: `${field}.name`, how: 'dropped', why: 'Only this dialect names the author of a message.' });
    }
  }

  private turn(message: JsonObject, field: string): Turn {
    switch (message['role']) {
      case 'system':
      case 'developer':
        return { role: 'system', blocks: decodeContent(message['content'], `${field}.content`) };
      case 'user':
        return { role: 'user', blocks: decodeContent(message['content'], `${field}.content`) };
      case 'assistant':
        return { role: 'assistant', blocks: this.assistantBlocks(message, field) };
      default:
        throw new BadRequestError(`${field}.role must be one of system, developer, user, assistant, tool, function.`, `${field}.role`);
    }
  }

  private assistantBlocks(message: JsonObject, field: string): Block[] {
    const { content, refusal, tool_calls: toolCalls, function_call: functionCall, audio } = message;
    if (isObject(audio)) this.context.lose({ field: `${field}.audio`, how: 'dropped', why: 'It lies at the vendor that made it.' });
    const blocks: Block[] = [];
    if (content !== undefined && content !== null) blocks.push(...decodeContent(content, `${field}.content`));
    const refusalText = optionalText(refusal, `${field}.refusal`);
    if (refusalText !== undefined && refusalText !== '') blocks.push({ type: 'text', text: refusalText });
    if (toolCalls !== undefined && toolCalls !== null) {
      const calls = requireArray(toolCalls, `${field}.tool_calls`);
      blocks.push(...calls.map((call, index) => decodeToolCall(call, `${field}.tool_calls.${index}`)));
    }
    const legacyCall = optionalObject(functionCall, `${field}.function_call`);
    if (legacyCall !== undefined) blocks.push(this.legacyCall(legacyCall, `${field}.function_call`));
    const callIds = new Set(blocks.flatMap((block) => (block.type === 'tool-call' ? [block.id] : [])));
    const thinking = readSealedThinking(plainThinking(message, field), message['reasoning_details'], callIds, this.context);
    return [...thinking.blocks, ...withSeals(blocks, thinking)];
  }

  private legacyCall(call: JsonObject, field: string): ToolCallBlock {
    this.lastFunctionCallId = this.context.newId('call_');
    return {
      type: 'tool-call',
      id: this.lastFunctionCallId,
      name: requireName(call['name'], `${field}.name`),
      arguments: argumentsText(call['arguments'], `${field}.arguments`),
    };
  }

  private toolResult(message: JsonObject, field: string): ToolResultBlock {
    const callId = requireName(message['tool_call_id'], `${field}.tool_call_id`);
    return { type: 'tool-result', callId, content: this.resultContent(message['content'], `${field}.content`) };
  }

  private functionResult(message: JsonObject, field: string): ToolResultBlock {
    const name = requireName(message['name'], `${field}.name`);
    if (this.lastFunctionCallId === undefined) {
      throw new BadRequestError(`${field} answers no function_call: put the assistant message with the call before it.`, field);
    }
    return {
      type: 'tool-result',
      callId: this.lastFunctionCallId,
      name,
      content: this.resultContent(message['content'] ?? '', `${field}.content`),
    };
  }

  private resultContent(content: unknown, field: string): ToolResultBlock['content'] {
    return decodeContent(content, field).filter((block) => {
      if (block.type === 'text' || block.type === 'media') return true;
      this.context.lose({ field, how: 'dropped', why: 'A tool result holds text and media only.' });
      return false;
    }) as ToolResultBlock['content'];
  }

  private addResult(result: ToolResultBlock): void {
    if (this.results === undefined) {
      this.results = [];
      this.turns.push({ role: 'user', blocks: this.results });
    }
    this.results.push(result);
  }
}

function plainThinking(message: JsonObject, field: string): string {
  const text = optionalText(message['reasoning_content'], `${field}.reasoning_content`);
  return text ?? optionalText(message['reasoning'], `${field}.reasoning`) ?? '';
}

function decodeToolCall(call: unknown, field: string): ToolCallBlock {
  const { id, type, custom, function: called, ...rest } = requireObject(call, field);
  const head = defined({ type: 'tool-call' as const, id: requireName(id, `${field}.id`), seal: readSealContent(rest) });
  if (type === 'custom') {
    const tool = requireObject(custom, `${field}.custom`);
    const name = requireName(tool['name'], `${field}.custom.name`);
    return { ...head, name, arguments: requireText(tool['input'], `${field}.custom.input`), freeform: true };
  }
  const tool = requireObject(called, `${field}.function`);
  const name = requireName(tool['name'], `${field}.function.name`);
  return { ...head, name, arguments: argumentsText(tool['arguments'], `${field}.function.arguments`) };
}

function argumentsText(value: unknown, field: string): string {
  const text = optionalText(value, field) ?? '';
  return text === '' ? '{}' : text;
}
