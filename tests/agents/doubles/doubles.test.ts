import { describe, expect, it } from 'vitest';
import type { RecordedRequest } from '../../replay/local-server.js';
import { upstreamKey } from '../../support/apply-document.js';
import { chatDouble } from './chat.js';
import { claudeDouble } from './claude.js';
import { Complaint } from './complaint.js';
import { Memory, type VendorDouble } from './exchange.js';
import { geminiDouble } from './gemini.js';
import { responsesDouble } from './responses.js';

const headers = {
  authorization: `Bearer ${upstreamKey}`,
  'x-api-key': upstreamKey,
  'x-goog-api-key': upstreamKey,
  'anthropic-version': '2023-06-01',
};

const paths: Readonly<Record<string, string>> = {
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  'claude-messages': '/v1/messages',
  gemini: `/v1beta/models/${geminiDouble.model}:generateContent`,
};

const answer = { text: '', usage: { input: 1, cacheRead: 0, output: 1, reasoning: 0 }, number: 0, call: { name: 'f', input: {} } };

function memoryWith(seal: string): Memory {
  const memory = new Memory();
  memory.remember('call_1', { ...answer, thinking: 'Hm' }, seal);
  return memory;
}

/** What the vendor says of a body that follows an answer with the seal `s`. */
function complaintOf(double: VendorDouble, body: object): string | undefined {
  const request: RecordedRequest = { method: 'POST', path: paths[double.dialect] ?? '', headers, body: Buffer.from(JSON.stringify(body)) };
  try {
    double.read(request, memoryWith('s'));
    return undefined;
  } catch (error) {
    if (error instanceof Complaint) return error.message;
    throw error;
  }
}

const chat = (...messages: readonly object[]): object => ({
  model: chatDouble.model,
  messages: [{ role: 'user', content: 'a' }, ...messages],
});
const chatCalls = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
};
const chatResult = { role: 'tool', tool_call_id: 'c', content: 'x' };

const claude = (...messages: readonly object[]): object => ({
  model: claudeDouble.model,
  max_tokens: 2_000,
  thinking: { type: 'enabled', budget_tokens: 1_024 },
  messages: [{ role: 'user', content: 'a' }, ...messages],
});
const claudeCalls = (...blocks: readonly object[]): object => ({
  role: 'assistant',
  content: [...blocks, { type: 'tool_use', id: 'c', name: 'f', input: {} }],
});
const claudeThinking = { type: 'thinking', thinking: 'Hm', signature: 's' };
const claudeResult = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: 'x' }] };

const gemini = (...contents: readonly object[]): object => ({ contents: [{ role: 'user', parts: [{ text: 'a' }] }, ...contents] });
const geminiCalls = (marks: object): object => ({ role: 'model', parts: [{ functionCall: { id: 'c', name: 'f', args: {} }, ...marks }] });
const geminiResult = { role: 'user', parts: [{ functionResponse: { id: 'c', name: 'f', response: {} } }] };

const responses = (...items: readonly object[]): object => ({
  model: responsesDouble.model,
  store: false,
  input: [{ role: 'user', content: 'a' }, ...items],
});
const reasoning = { type: 'reasoning', summary: [], encrypted_content: 's' };
const responsesCall = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
const responsesResult = { type: 'function_call_output', call_id: 'c', output: 'x' };

describe('a stand-in for a vendor', () => {
  it.each<[VendorDouble, object]>([
    [chatDouble, chat(chatCalls, chatResult)],
    [claudeDouble, claude(claudeCalls(claudeThinking), claudeResult)],
    [geminiDouble, gemini(geminiCalls({ thoughtSignature: 's' }), geminiResult)],
    [responsesDouble, responses(reasoning, responsesCall, responsesResult)],
  ])('of $dialect takes what the vendor takes', (double, body) => {
    expect(complaintOf(double, body)).toBeUndefined();
  });

  it.each<[VendorDouble, object, RegExp]>([
    [chatDouble, { ...chat(), store: false }, /Unrecognized key: "store"/],
    [chatDouble, chat(chatCalls), /0 tool messages answer c/],
    [chatDouble, chat(chatResult), /has to follow the tool_calls/],
    [claudeDouble, { ...claude(), store: false }, /Unrecognized key: "store"/],
    [claudeDouble, claude(claudeCalls(), claudeResult), /must start with a thinking block/],
    [claudeDouble, claude(claudeCalls({ ...claudeThinking, signature: 'tg1...' }), claudeResult), /Invalid `signature`/],
    [claudeDouble, claude(claudeCalls({ ...claudeThinking, thinking: 'Hmm' }), claudeResult), /cannot be modified/],
    [claudeDouble, claude(claudeCalls(claudeThinking), { role: 'user', content: 'b' }), /without `tool_result` blocks/],
    [geminiDouble, { ...gemini(), model: 'm' }, /Unrecognized key: "model"/],
    [geminiDouble, gemini(geminiCalls({}), geminiResult), /missing a thought_signature/],
    [geminiDouble, gemini(geminiCalls({ thoughtSignature: 't' }), geminiResult), /signature is not valid/],
    [geminiDouble, gemini(geminiCalls({ thoughtSignature: 's' })), /response 0 is not that of f c/],
    [responsesDouble, { ...responses(), top_k: 1 }, /Unrecognized key: "top_k"/],
    [responsesDouble, responses({ ...reasoning, encrypted_content: 't' }, responsesCall, responsesResult), /could not be verified/],
    [responsesDouble, responses(responsesCall), /No tool output found for function call c/],
    [responsesDouble, responses(responsesResult), /No tool call found/],
    [responsesDouble, responses(reasoning, responsesResult), /without its required following item/],
  ])('of $dialect refuses what the vendor refuses', (double, body, complaint) => {
    expect(complaintOf(double, body)).toMatch(complaint);
  });
});
