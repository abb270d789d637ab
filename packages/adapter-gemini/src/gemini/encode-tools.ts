import { type CanonicalRequest, chosenServerTool, type JsonObject, type Loss, type ToolDefinition } from '@tollgate/plugin-kit';
import { toGeminiSchema } from './schema-to-gemini.js';
import { encodeServerTool } from './server-tools.js';
import { freeformParameters } from './tool-arguments.js';
import { geminiId } from './wire.js';

/** `tools` and `toolConfig`. */
export function encodeTools(request: CanonicalRequest, lose: (loss: Loss) => void): JsonObject {
  const functions: JsonObject[] = [];
  const builtins: JsonObject[] = [];
  const mixes = request.tools?.some(({ builtin, server }) => builtin === undefined && server === undefined) === true;
  for (const tool of request.tools ?? []) {
    if (tool.builtin?.dialect === geminiId) builtins.push(tool.builtin.data);
    else if (tool.server !== undefined) builtins.push(...encodeServerTool(tool.server, tool.name, mixes, lose));
    else if (tool.builtin === undefined) functions.push(encodeFunction(tool, lose));
    else lose({ field: `tools.${tool.name}`, how: 'dropped', why: `Only ${tool.builtin.dialect} has this server tool.` });
  }
  if (request.parallelToolCalls === false)
    lose({ field: 'parallelToolCalls', how: 'dropped', why: 'The service has no switch against parallel calls.' });
  if (chosenServerTool(request) !== undefined)
    lose({ field: 'toolChoice', how: 'dropped', why: 'The service uses its own tools as it sees fit.' });
  const tools = [...(functions.length > 0 ? [{ functionDeclarations: functions }] : []), ...builtins];
  return {
    ...(tools.length > 0 ? { tools } : {}),
    // The service refuses a choice where there is nothing to choose from.
    ...(functions.length > 0 && chosenServerTool(request) === undefined ? encodeChoice(request.toolChoice) : {}),
  };
}

function encodeFunction(tool: ToolDefinition, lose: (loss: Loss) => void): JsonObject {
  if (tool.cache !== undefined) lose({ field: 'cache', how: 'dropped', why: 'The service caches by itself.' });
  if (tool.strict === true) lose({ field: 'tools.strict', how: 'dropped', why: 'The service has no strict functions.' });
  const described = { name: tool.name, ...(tool.description === undefined ? {} : { description: tool.description }) };
  if (tool.freeform === true) {
    lose({ field: `tools.${tool.name}`, how: 'emulated', why: 'Plain text goes in as the argument "input".' });
    return { ...described, parameters: freeformParameters };
  }
  if (tool.parameters === undefined) return described;
  const { schema, dropped } = toGeminiSchema(tool.parameters);
  if (dropped.length > 0)
    lose({ field: `tools.${tool.name}.parameters`, how: 'coerced', why: `The service's schemas lack: ${dropped.join(', ')}.` });
  // Parameters without a property are refused; leaving them out says the same.
  return 'properties' in schema ? { ...described, parameters: schema } : described;
}

const modes = { auto: 'AUTO', none: 'NONE', required: 'ANY' } as const;

function encodeChoice(choice: CanonicalRequest['toolChoice']): JsonObject {
  if (choice === undefined) return {};
  const config = typeof choice === 'string' ? { mode: modes[choice] } : { mode: 'ANY', allowedFunctionNames: [choice.name] };
  return { toolConfig: { functionCallingConfig: config } };
}
