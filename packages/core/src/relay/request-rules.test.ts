import { describe, expect, it } from 'vitest';
import { changedHeaders, channelOptionsSchema } from '../modules/channels/index.js';
import { changeParameters, hasRulesFor } from './request-rules.js';

describe('rules for the fields of requests', () => {
  it('fill in, set and take out, one rule after the other, for the models they name', () => {
    const { parameters = [] } = channelOptionsSchema.parse({
      parameters: [
        { default: { temperature: 0.5, 'reasoning.effort': 'low' }, set: { 'metadata.from': 'tollgate' }, remove: ['user'] },
        { models: ['gpt-*'], set: { temperature: 1 } },
        { models: ['other'], remove: ['messages'] },
      ],
    });
    const body = { messages: [], user: 'u', temperature: 0, metadata: { kept: true } };
    changeParameters(body, parameters, 'gpt-4o');
    expect(body).toEqual({
      messages: [],
      temperature: 1,
      reasoning: { effort: 'low' },
      metadata: { kept: true, from: 'tollgate' },
    });
  });

  it('never go through what is no object', () => {
    const body = { messages: [{ role: 'user' }], reasoning: 'text' };
    changeParameters(body, [{ set: { 'messages.0.role': 'x', 'reasoning.effort': 'low' }, remove: ['messages.0'] }], 'm');
    expect(body).toEqual({ messages: [{ role: 'user' }], reasoning: 'text' });
  });

  it('say for which models there are any', () => {
    expect([
      hasRulesFor(undefined, 'm'),
      hasRulesFor([{ models: ['n'], remove: ['a'] }], 'm'),
      hasRulesFor([{ remove: ['a'] }], 'm'),
    ]).toEqual([false, false, true]);
  });

  it('refuse what the gateway itself decides', () => {
    const problems = (options: object) => channelOptionsSchema.safeParse(options).error?.issues.length ?? 0;
    expect(problems({ parameters: [{ set: { model: 'dearer' } }] })).toBeGreaterThan(0);
    expect(problems({ parameters: [{ remove: ['stream'] }] })).toBeGreaterThan(0);
    expect(problems({ parameters: [{ set: { '__proto__.a': 1 } }] })).toBeGreaterThan(0);
    expect(problems({ headers: [{ set: { Host: 'elsewhere' } }] })).toBeGreaterThan(0);
    expect(problems({ headers: [{ set: { 'x-one': 'two\r\nx-three: four' } }] })).toBeGreaterThan(0);
  });
});

describe('rules for headers', () => {
  it('change them whatever their case, and leave others as they are', () => {
    const { headers } = channelOptionsSchema.parse({
      headers: [{ default: { 'X-Team': 'a', Authorization: 'none' }, set: { 'x-new': '1' }, remove: ['X-Old'] }],
    });
    const given = { authorization: 'Bearer k', 'x-old': 'o' };
    expect(changedHeaders(given, headers, 'm')).toEqual({ authorization: 'Bearer k', 'x-team': 'a', 'x-new': '1' });
    expect(changedHeaders(given, undefined, 'm')).toBe(given);
  });
});
