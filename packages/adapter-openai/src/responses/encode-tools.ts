import type { CanonicalRequest, CodecContext, ToolDefinition } from '@tollgate/plugin-kit';
import { loseCacheMark } from '../chat/encode-cache-mark.js';
import { defined } from '../defined.js';
import { isObject } from '../request-fields.js';
import { responsesDialectId, type Tool, type ToolChoice } from './wire.js';

/** Tools as this dialect declares them. `formats` are grammars of custom tools by name, from this dialect's own extensions. */
export function encodeTools(tools: readonly ToolDefinition[], formats: unknown, model: string, context: CodecContext): Tool[] {
  if (tools.some(({ cache }) => cache !== undefined)) loseCacheMark(model, context);
  return tools
    .map((tool) => encodeTool(tool, isObject(formats) && Object.hasOwn(formats, tool.name) ? formats[tool.name] : undefined, context))
    .filter((tool) => tool !== undefined);
}

function encodeTool(tool: ToolDefinition, format: unknown, context: CodecContext): Tool | undefined {
  const { name, description } = tool;
  if (tool.builtin !== undefined) {
    if (tool.builtin.dialect === responsesDialectId) return tool.builtin.data as unknown as Tool;
    context.lose({ field: `tools.${name}`, how: 'dropped', why: `Only ${tool.builtin.dialect} has this tool.` });
    return undefined;
  }
  if (tool.freeform === true) return { type: 'custom', ...(defined({ name, description, format }) as { name: string }) };
  // Unlike the other dialects, this one takes a tool that says nothing for a strict one.
  return { type: 'function', ...defined({ name, description }), parameters: tool.parameters ?? emptySchema, strict: tool.strict ?? false };
}

const emptySchema = { type: 'object', properties: {} };

/** The choice among `tools`, where it stands for something: the vendor refuses one without tools. */
export function encodeToolChoice(toolChoice: CanonicalRequest['toolChoice'], tools: readonly Tool[]): ToolChoice | undefined {
  if (toolChoice === undefined || tools.length === 0) return undefined;
  if (typeof toolChoice === 'string') return toolChoice;
  const { name } = toolChoice;
  const isFreeform = tools.some((tool) => tool.type === 'custom' && tool.name === name);
  return { type: isFreeform ? 'custom' : 'function', name };
}
