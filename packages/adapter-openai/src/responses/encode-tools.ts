import type { CanonicalRequest, CodecContext, ToolDefinition } from '@tollgate/plugin-kit';
import { loseCacheMark } from '../chat/encode-cache-mark.js';
import { defined } from '../defined.js';
import { freeformParameters } from '../freeform.js';
import { isOwnModel } from '../model-families.js';
import { isObject } from '../request-fields.js';
import { responsesDialectId, type Tool, type ToolChoice } from './wire.js';

/** Tools as `model` takes them. `formats` are grammars of custom tools by name, from this dialect's own extensions. */
export function encodeTools(tools: readonly ToolDefinition[], formats: unknown, model: string, context: CodecContext): Tool[] {
  if (tools.some(({ cache }) => cache !== undefined)) loseCacheMark(model, context);
  for (const { name, builtin } of tools) {
    if (builtin === undefined || builtin.dialect === responsesDialectId) continue;
    context.lose({ field: `tools.${name}`, how: 'dropped', why: `Only ${builtin.dialect} has this tool.` });
  }
  return declaredTools(isOwnModel(model) ? tools : tools.map((tool) => emulated(tool, context)), formats);
}

/** Compatible servers have no tools for plain text. */
function emulated(tool: ToolDefinition, context: CodecContext): ToolDefinition {
  if (tool.freeform !== true) return tool;
  const why = 'Only the vendor has tools for plain text: a function with one text stands for it.';
  context.lose({ field: `tools.${tool.name}`, how: 'emulated', why });
  return { ...defined({ name: tool.name, description: tool.description }), parameters: freeformParameters };
}

/** Tools as a client of this dialect declares them. */
export function declaredTools(tools: readonly ToolDefinition[], formats: unknown): Tool[] {
  return tools.flatMap((tool) =>
    declaredTool(tool, isObject(formats) && Object.hasOwn(formats, tool.name) ? formats[tool.name] : undefined),
  );
}

function declaredTool({ name, description, builtin, freeform, parameters, strict }: ToolDefinition, format: unknown): Tool[] {
  if (builtin !== undefined) return builtin.dialect === responsesDialectId ? [builtin.data as unknown as Tool] : [];
  if (freeform === true) return [{ type: 'custom', ...(defined({ name, description, format }) as { name: string }) }];
  // Unlike the other dialects, this one takes a tool that says nothing for a strict one.
  return [{ type: 'function', ...defined({ name, description }), parameters: parameters ?? emptySchema, strict: strict ?? false }];
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
