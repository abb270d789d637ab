import {
  BadRequestError,
  type CanonicalRequest,
  type CodecContext,
  type JsonObject,
  type OutputFormat,
  type RequestFacts,
  type Sampling,
  type Turn,
} from '@tollgate/plugin-kit';
import { decodeContent } from './decode-blocks.js';
import { decodeToolChoice, decodeTools } from './decode-tools.js';
import { loseUnknownMembers } from './losses.js';
import { optionalList, optionalNumber, optionalObject, optionalText, wrongType } from './request-fields.js';
import { decodeThinking, isCanonicalThinking } from './thinking.js';
import { canonicalFields, dialectId, isObject } from './wire.js';

type Draft = { -readonly [Field in keyof CanonicalRequest]: CanonicalRequest[Field] };

/** @throws BadRequestError naming the field. */
export function decodeRequest(body: JsonObject, facts: RequestFacts, context: CodecContext): CanonicalRequest {
  const request: Draft = { model: facts.model, stream: facts.stream, turns: decodeTurns(body, context) };
  if (facts.outputTokensMax !== undefined) request.outputTokensMax = facts.outputTokensMax;
  const tools = decodeTools(body, context);
  if (tools.length > 0) request.tools = tools;
  const { choice, parallel } = decodeToolChoice(body, context);
  if (choice !== undefined) request.toolChoice = choice;
  if (parallel !== undefined) request.parallelToolCalls = parallel;
  const stopSequences = decodeStopSequences(body);
  if (stopSequences.length > 0) request.stopSequences = stopSequences;
  const sampling = decodeSampling(body);
  if (sampling !== undefined) request.sampling = sampling;
  const thinking = decodeThinking(body, context);
  if (thinking !== undefined) request.thinking = thinking;
  const format = decodeFormat(body, context);
  if (format !== undefined) request.format = format;
  const endUser = decodeEndUser(body, context);
  if (endUser !== undefined) request.endUser = endUser;
  const extension = decodeExtension(body);
  if (extension !== undefined) request.extensions = { [dialectId]: extension };
  return request;
}

function decodeTurns(body: JsonObject, context: CodecContext): readonly Turn[] {
  const messages = optionalList(body, 'messages');
  if (messages === undefined) throw new BadRequestError('messages is required: a list of messages.', 'messages');
  const turns = messages.map((message, index) => decodeMessage(message, `messages.${index}`, context));
  const system = body.system ?? undefined;
  return system === undefined ? turns : [{ role: 'system', blocks: decodeContent(system, 'system', context) }, ...turns];
}

function decodeMessage(message: unknown, path: string, context: CodecContext): Turn {
  if (!isObject(message)) throw wrongType(path, 'an object');
  const { role } = message;
  if (role !== 'user' && role !== 'assistant' && role !== 'system')
    throw new BadRequestError(`${path}.role must be user or assistant.`, `${path}.role`);
  loseUnknownMembers(message, ['role', 'content'], path, context);
  return { role, blocks: decodeContent(message.content, `${path}.content`, context) };
}

function decodeStopSequences(body: JsonObject): readonly string[] {
  const sequences = optionalList(body, 'stop_sequences') ?? [];
  return sequences.map((sequence, index) => {
    if (typeof sequence !== 'string') throw wrongType(`stop_sequences.${index}`, 'text');
    return sequence;
  });
}

function decodeSampling(body: JsonObject): Sampling | undefined {
  const temperature = optionalNumber(body, 'temperature');
  const topP = optionalNumber(body, 'top_p');
  const topK = optionalNumber(body, 'top_k');
  if (temperature === undefined && topP === undefined && topK === undefined) return undefined;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
  };
}

/** The vendor's formats have no name, other dialects insist on one. */
function decodeFormat(body: JsonObject, context: CodecContext): OutputFormat | undefined {
  const config = optionalObject(body, 'output_config', 'output_config');
  if (config === undefined) return undefined;
  loseUnknownMembers(config, ['effort', 'format'], 'output_config', context);
  const format = optionalObject(config, 'format', 'output_config.format');
  if (format === undefined) return undefined;
  const schema = optionalObject(format, 'schema', 'output_config.format.schema');
  if (format.type !== 'json_schema' || schema === undefined)
    throw new BadRequestError('output_config.format must be of type json_schema and have a schema.', 'output_config.format');
  return { type: 'json-schema', name: 'answer', schema };
}

function decodeEndUser(body: JsonObject, context: CodecContext): string | undefined {
  const metadata = optionalObject(body, 'metadata', 'metadata');
  if (metadata === undefined) return undefined;
  loseUnknownMembers(metadata, ['user_id'], 'metadata', context);
  return optionalText(metadata, 'user_id', 'metadata');
}

function decodeExtension(body: JsonObject): JsonObject | undefined {
  const extension: JsonObject = {};
  for (const [field, value] of Object.entries(body)) {
    if (value === null) continue;
    if (!canonicalFields.has(field) || (field === 'thinking' && !isCanonicalThinking(value))) extension[field] = value;
  }
  return Object.keys(extension).length > 0 ? extension : undefined;
}
