import type { CanonicalRequest, CodecContext, ToolDefinition } from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { freeformParameters } from '../freeform.js';
import { isOwnModel } from '../model-families.js';
import { isObject } from '../request-fields.js';
import { loseCacheMark } from './encode-cache-mark.js';
import { chatDialectId, type Tool, type ToolChoiceOption } from './wire.js';

/** Tools as chat declares them. `formats` are grammars of custom tools by name, from this dialect's own extensions. */
export function encodeTools(tools: readonly ToolDefinition[], formats: unknown, model: string, context: CodecContext): Tool[] {
  if (tools.some(({ cache }) => cache !== undefined)) loseCacheMark(model, context);
  return tools
    .map((tool) =>
      encodeTool(tool, isObject(formats) && Object.hasOwn(formats, tool.name) ? formats[tool.name] : undefined, model, context),
    )
    .filter((tool) => tool !== undefined);
}

function encodeTool(tool: ToolDefinition, format: unknown, model: string, context: CodecContext): Tool | undefined {
  if (tool.builtin !== undefined) {
    if (tool.builtin.dialect === chatDialectId) return tool.builtin.data as unknown as Tool;
    context.lose({ field: `tools.${tool.name}`, how: 'dropped', why: `Only ${tool.builtin.dialect} has this tool.` });
    return undefined;
  }
  const { name, description, parameters, strict } = tool;
  if (tool.freeform === true && !isOwnModel(model)) {
    context.lose({
      field: `tools.${name}`,
      how: 'emulated',
      why: 'Only the vendor has tools for plain text: a function with one text stands for it.',
    });
    return { type: 'function', function: defined({ name, description, parameters: freeformParameters }) };
  }
  if (tool.freeform === true) return { type: 'custom', custom: defined({ name, description, format }) as { name: string } };
  return { type: 'function', function: defined({ name, description, parameters, strict }) };
}

/** The choice, where it stands for something: a vendor's server refuses one without tools. */
export function encodeToolChoice(request: CanonicalRequest): ToolChoiceOption | undefined {
  const { toolChoice, tools } = request;
  if (toolChoice === undefined || tools === undefined || tools.length === 0) return undefined;
  if (typeof toolChoice === 'string') return toolChoice;
  const { name } = toolChoice;
  const isFreeform = tools.some((tool) => tool.name === name && tool.freeform === true) && isOwnModel(request.model);
  return isFreeform ? { type: 'custom', custom: { name } } : { type: 'function', function: { name } };
}
