import type { Block, CanonicalRequest, JsonObject, Loss, Turn } from '@tollgate/plugin-kit';
import { mediaPart } from './encode-media.js';
import { callNames, resultParts } from './encode-results.js';
import { signatureStandIn } from './seals.js';
import { argumentsObject } from './tool-arguments.js';
import { geminiId, geminiVendor, type WireContent, type WirePart } from './wire.js';

export interface EncodedTurns {
  readonly contents: readonly WireContent[];
  readonly systemInstruction?: { readonly parts: readonly WirePart[] };
}

/** The turns as `contents`, neighbours of one role joined, and the instructions of all system turns in one place. */
export function encodeTurns(request: CanonicalRequest, needsCallSignatures: boolean, lose: (loss: Loss) => void): EncodedTurns {
  const names = callNames(request);
  const contents: WireContent[] = [];
  const instructions: WirePart[] = [];
  for (const turn of request.turns) {
    const parts = turn.blocks.flatMap((block) => encodeBlock(block, names, lose));
    if (turn.role === 'assistant' && needsCallSignatures) signFirstCall(parts);
    if (turn.role === 'system') {
      if (contents.length > 0) lose({ field: 'system', how: 'coerced', why: 'Later instructions moved up to the first ones.' });
      instructions.push(...textsOf(turn, lose));
    } else append(contents, turn.role === 'assistant' ? 'model' : 'user', parts);
  }
  if (contents.length > 0) return instructions.length === 0 ? { contents } : { contents, systemInstruction: { parts: instructions } };
  lose({ field: 'system', how: 'coerced', why: 'There are only instructions: sent as a user turn, since the service wants one.' });
  return { contents: [{ role: 'user', parts: instructions }] };
}

function append(contents: WireContent[], role: 'user' | 'model', parts: WireContent['parts']): void {
  if (parts.length === 0) return;
  const last = contents.at(-1);
  if (last?.role === role) last.parts.push(...parts);
  else contents.push({ role, parts });
}

function textsOf(turn: Turn, lose: (loss: Loss) => void): readonly WirePart[] {
  return turn.blocks.flatMap((block) => {
    if (block.type === 'text') return block.text === '' ? [] : [{ text: block.text }];
    lose({ field: `system ${block.type}`, how: 'dropped', why: 'Instructions are text here.' });
    return [];
  });
}

function encodeBlock(block: Block, names: ReadonlyMap<string, string>, lose: (loss: Loss) => void): readonly (WirePart | JsonObject)[] {
  if (block.cache !== undefined) lose({ field: 'cache', how: 'dropped', why: 'The service caches by itself.' });
  const signature = ownSignature(block, lose);
  if (block.type === 'text') return block.text === '' && signature === undefined ? [] : [{ text: block.text, ...signature }];
  if (block.type === 'thinking') return encodeThinking(block.text, signature, lose);
  if (block.type === 'media') return signed(mediaPart(block, lose), signature);
  if (block.type === 'tool-call') {
    const args = argumentsObject(block, lose);
    return [{ functionCall: { id: block.id, name: block.name, args }, ...signature }];
  }
  if (block.type === 'tool-result') return resultParts(block, names, lose);
  if (block.dialect === geminiId) return [block.data as JsonObject];
  lose({ field: `${block.dialect} block`, how: 'dropped', why: `Only ${block.dialect} knows this block.` });
  return [];
}

type Signature = Pick<WirePart, 'thoughtSignature'> | undefined;

function encodeThinking(text: string, signature: Signature, lose: (loss: Loss) => void): readonly WirePart[] {
  if (text !== '' || signature !== undefined) return [{ text, thought: true, ...signature }];
  lose({ field: 'thinking', how: 'dropped', why: 'There is no text in it, and its seal belongs to another vendor.' });
  return [];
}

function signed(part: WirePart | undefined, signature: Signature): readonly WirePart[] {
  return part === undefined ? [] : [{ ...part, ...signature }];
}

function ownSignature(block: Block, lose: (loss: Loss) => void): Signature {
  if (block.seal === undefined) return undefined;
  if (block.seal.vendor === geminiVendor) return { thoughtSignature: block.seal.value };
  lose({ field: 'seal', how: 'dropped', why: `Only ${block.seal.vendor} can read it.` });
  return undefined;
}

/** The first call of a step carries the signature for all of them. */
function signFirstCall(parts: WireContent['parts']): void {
  const first = parts.find((part): part is WirePart => 'functionCall' in part);
  if (first !== undefined && first.thoughtSignature === undefined) first.thoughtSignature = signatureStandIn;
}
