import type { JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { testContext } from '../testing/test-context.js';
import { openaiResponses } from './dialect.js';

const { client } = openaiResponses;

describe('the Responses dialect', () => {
  it('guards every field that it reads before the gateway knows the upstream', () => {
    const facts = { model: 'm', stream: true, max_output_tokens: 1, background: false, store: true };
    const named = { previous_response_id: 'r', conversation: 'c', input: [], tools: [] };
    expect(new Set(client?.guardedKeys)).toEqual(new Set([...Object.keys(facts), ...Object.keys(named)]));
  });

  it('lets nothing pass that names the caller’s account at the vendor', () => {
    for (const header of ['openai-organization', 'openai-project', 'authorization']) expect(client?.passHeaders).not.toContain(header);
  });
});

describe('histories for the vendor itself', () => {
  const reasoning = (encrypted: unknown): JsonObject => ({ type: 'reasoning', summary: [], encrypted_content: encrypted });

  function removedFrom(body: JsonObject) {
    const context = testContext();
    client?.foreignSeals?.remove(body, context);
    return { body, lost: context.lostFields() };
  }

  it('lose the reasoning that other vendors sealed, or nobody, and the items that keep the seals of calls', () => {
    const own = reasoning('gAAAA');
    const said = { role: 'user', content: 'tg1.google..x' };
    const input = [said, own, reasoning('tg1.google..g'), reasoning('tg1...'), reasoning('tg1p.YQ.tg1.google..g'), reasoning(null)];
    expect(removedFrom({ model: 'm', input })).toEqual({ body: { model: 'm', input: [said, own, reasoning(null)] }, lost: ['seal'] });
  });

  it('lose all reasoning, and the ids by which the vendor would miss it, once it has refused some', () => {
    const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' };
    const body: JsonObject = { input: [reasoning('gAAAA'), { ...call, id: 'fc_1' }, search, { role: 'user', content: 'Well?' }] };
    const context = testContext();
    client?.foreignSeals?.removeAll?.(body, context);
    expect(body).toEqual({ input: [call, search, { role: 'user', content: 'Well?' }] });
    expect(context.lostFields()).toEqual(['seal']);
  });

  it('stay as they are where there is none', () => {
    for (const input of ['tg1', undefined, [null, 'tg1', reasoning('gAAAA')]])
      expect(removedFrom({ model: 'm', input })).toEqual({ body: { model: 'm', input }, lost: [] });
  });

  it('are looked at only where the mark stands', () => {
    for (const encrypted of ['tg1.google..g', 'tg1...', 'tg1p.YQ.tg1.google..g'])
      expect(JSON.stringify(reasoning(encrypted))).toContain(client?.foreignSeals?.mark);
  });
});
