import { BadRequestError, type Block, type CodecContext, type TextBlock, type ToolResultBlock, type Turn } from '@tollgate/plugin-kit';
import { inlineMedia, linkedMedia } from './decode-media.js';
import { OpenCalls } from './open-calls.js';
import { RequestFields } from './request-fields.js';
import { sealOf, thinkingOn } from './seals.js';
import { geminiId } from './wire.js';

const rolesByName: ReadonlyMap<string, Turn['role']> = new Map([
  ['user', 'user'],
  ['function', 'user'],
  ['model', 'assistant'],
  ['system', 'system'],
]);

/** The turns of `contents`. @throws BadRequestError */
export function decodeContents(contents: readonly RequestFields[], context: CodecContext): readonly Turn[] {
  const calls = new OpenCalls();
  return contents.map((content) => {
    const name = content.string('role') ?? 'user';
    const role = rolesByName.get(name);
    if (role === undefined) throw new BadRequestError(`${content.at('role')} is "${name}", expected user or model.`, content.at('role'));
    const parts = content.objects('parts') ?? [];
    return { role, blocks: decodeParts(parts, calls, context) };
  });
}

/** Thinking that a call carries is whole, whatever the client has made of the thoughts before it: it takes their place. */
function decodeParts(parts: readonly RequestFields[], calls: OpenCalls, context: CodecContext): readonly Block[] {
  const blocks: Block[] = [];
  for (const part of parts) {
    const block = decodePart(part, calls, context);
    const carried = block.type === 'tool-call' ? thinkingOn(part.string('thoughtSignature') ?? '') : [];
    if (carried.length > 0) {
      const start = blocks.findLastIndex(({ type }) => type === 'tool-call') + 1;
      const others = blocks.splice(start).filter(({ type }) => type !== 'thinking');
      blocks.push(...carried, ...others);
    }
    blocks.push(block);
  }
  return blocks;
}

function decodePart(part: RequestFields, calls: OpenCalls, context: CodecContext): Block {
  const signature = part.string('thoughtSignature');
  const seal = sealOf(signature ?? '');
  const marks = seal === undefined ? {} : { seal };
  const isThought = part.boolean('thought') === true;

  const text = part.string('text');
  if (text !== undefined || (signature !== undefined && isEmpty(part))) {
    loseRest(part, context);
    return isThought ? { type: 'thinking', text: text ?? '', ...marks } : { type: 'text', text: text ?? '', ...marks };
  }
  const inline = part.object('inlineData');
  if (inline !== undefined) {
    loseRest(part, context);
    return inlineMedia(needed(inline, 'data'), inline.string('mimeType'), seal);
  }
  const file = part.object('fileData');
  if (file !== undefined) {
    loseRest(part, context);
    return linkedMedia(needed(file, 'fileUri'), file.string('mimeType'), seal);
  }
  const call = part.object('functionCall');
  if (call !== undefined) return { ...decodeCall(call, calls, context), ...marks };
  const result = part.object('functionResponse');
  if (result !== undefined) return { ...decodeResult(result, calls, context), ...marks };
  return { type: 'opaque', dialect: geminiId, data: part.source() };
}

function decodeCall(call: RequestFields, calls: OpenCalls, context: CodecContext): Extract<Block, { type: 'tool-call' }> {
  const name = needed(call, 'name');
  const id = call.string('id') ?? context.newId('call_');
  calls.add(id, name);
  return { type: 'tool-call', id, name, arguments: JSON.stringify(call.json('args') ?? {}) };
}

function decodeResult(result: RequestFields, calls: OpenCalls, context: CodecContext): ToolResultBlock {
  const name = needed(result, 'name');
  const callId = calls.answer(result.string('id'), name);
  if (callId === undefined) throw new BadRequestError(`${result.path} answers no open call of "${name}".`, result.path);
  const media = (result.objects('parts') ?? []).flatMap((part) => {
    const inline = part.object('inlineData');
    return inline === undefined ? [] : [inlineMedia(needed(inline, 'data'), inline.string('mimeType'), undefined)];
  });
  const outcome = decodeOutcome(result.json('response') ?? {});
  loseRest(result, context);
  const text: TextBlock = { type: 'text', text: outcome.text };
  return { type: 'tool-result', callId, name, content: [text, ...media], ...(outcome.failed ? { failed: true } : {}) };
}

/** `{"result"}` and `{"output"}` hold a plain text, `{"error"}` the text of a failure; any other object is the result itself. */
function decodeOutcome(response: object): { readonly text: string; readonly failed: boolean } {
  const entries = Object.entries(response);
  const [name, value] = entries.length === 1 ? (entries[0] as [string, unknown]) : [];
  if (typeof value === 'string' && (name === 'result' || name === 'output' || name === 'error'))
    return { text: value, failed: name === 'error' };
  return { text: JSON.stringify(response), failed: false };
}

function needed(fields: RequestFields, name: string): string {
  const value = fields.string(name);
  if (value === undefined || value === '') throw new BadRequestError(`${fields.at(name)} is missing.`, fields.at(name));
  return value;
}

function loseRest(part: RequestFields, context: CodecContext): void {
  for (const field of Object.keys(part.rest()))
    context.lose({ field: part.at(field), how: 'dropped', why: 'No other dialect has a place for it.' });
}

function isEmpty(part: RequestFields): boolean {
  return Object.keys(part.rest()).length === 0;
}

/** `systemInstruction` in its three forms (text, part, content) as the first turn. @throws BadRequestError */
export function decodeSystemInstruction(body: RequestFields): readonly Turn[] {
  const instruction = body.value('systemInstruction');
  if (instruction === undefined) return [];
  if (typeof instruction === 'string') return [{ role: 'system', blocks: [{ type: 'text', text: instruction }] }];
  const content = new RequestFields(instruction, body.at('systemInstruction'));
  return [{ role: 'system', blocks: (content.objects('parts') ?? [content]).map(systemText) }];
}

function systemText(part: RequestFields): TextBlock {
  const text = part.string('text');
  if (text === undefined) throw new BadRequestError(`${part.path} must be a text part.`, part.path);
  return { type: 'text', text };
}
