import { BadRequestError, type CanonicalRequest, type CodecContext, type JsonObject, type ToolDefinition } from '@tollgate/plugin-kit';
import { defined } from './defined.js';
import type { RequestFields } from './request-fields.js';
import { fromGeminiSchema } from './schema-from-gemini.js';
import { decodeServerTool } from './server-tools.js';
import { geminiId } from './wire.js';

/** `tools`: function declarations become tools, every other member is a server tool of this dialect. @throws BadRequestError */
export function decodeTools(body: RequestFields, context: CodecContext): Pick<CanonicalRequest, 'tools'> {
  const tools = body.objects('tools')?.flatMap((tool) => {
    const functions = (tool.objects('functionDeclarations') ?? []).map((declaration) => decodeDeclaration(declaration, context));
    return [...functions, ...Object.entries(tool.rest()).map(([name, settings]) => builtinTool(name, settings, tool.at(name), context))];
  });
  return tools === undefined || tools.length === 0 ? {} : { tools };
}

function builtinTool(name: string, settings: unknown, path: string, context: CodecContext): ToolDefinition {
  const server = decodeServerTool(name, settings, path, context);
  return { name, ...(server === undefined ? {} : { server }), builtin: { dialect: geminiId, data: { [name]: settings } } };
}

function decodeDeclaration(declaration: RequestFields, context: CodecContext): ToolDefinition {
  const name = declaration.string('name');
  if (name === undefined || name === '') throw new BadRequestError(`${declaration.at('name')} is missing.`, declaration.at('name'));
  const ownSchema = declaration.json('parameters');
  const jsonSchema = declaration.json('parametersJsonSchema');
  const description = declaration.string('description');
  for (const field of Object.keys(declaration.rest()))
    context.lose({ field: declaration.at(field), how: 'dropped', why: 'No other dialect has a place for it.' });
  const parameters = jsonSchema ?? (ownSchema === undefined ? undefined : fromGeminiSchema(ownSchema, declaration.at('parameters')));
  return { name, ...defined({ description: description === '' ? undefined : description, parameters }) };
}

/** The caller's choice of tools, with what of `toolConfig` only this dialect knows. */
export interface DecodedToolChoice {
  readonly choice: Pick<CanonicalRequest, 'toolChoice'>;
  readonly extension: JsonObject;
}

/** `toolConfig`. What the canonical form says less exactly stays in the extension in its own words. @throws BadRequestError */
export function decodeToolConfig(body: RequestFields): DecodedToolChoice {
  const config = body.object('toolConfig');
  const calling = config?.object('functionCallingConfig');
  if (config === undefined) return { choice: {}, extension: {} };
  const names = calling?.strings('allowedFunctionNames') ?? [];
  const mode = calling?.string('mode')?.toUpperCase();
  const isExact = mode !== 'VALIDATED' && (names.length === 0 || (mode === 'ANY' && names.length === 1));
  const kept = { ...config.rest(), ...(isExact || calling === undefined ? {} : { functionCallingConfig: calling.source() }) };
  return { choice: toolChoice(mode, names), extension: Object.keys(kept).length > 0 ? { toolConfig: kept } : {} };
}

function toolChoice(mode: string | undefined, names: readonly string[]): Pick<CanonicalRequest, 'toolChoice'> {
  if (mode === 'NONE') return { toolChoice: 'none' };
  if (mode === 'AUTO' || mode === 'VALIDATED') return { toolChoice: 'auto' };
  if (mode !== 'ANY') return {};
  const [only] = names;
  return { toolChoice: only !== undefined && names.length === 1 ? { name: only } : 'required' };
}
