import { type JsonObject, unsealed, wrapSeal } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { testContext } from '../testing/test-context.js';
import { foreignSeals, sealOf, signatureOf } from './seals.js';

const anthropic = { vendor: 'anthropic', value: 'EqQB+/=' };
const own = { vendor: 'google', value: 'CiQB+/==' };

describe('a thought signature', () => {
  it.each([{ seal: anthropic }, { seal: own }])('keeps the seal of $seal.vendor', ({ seal }) => {
    expect(sealOf(signatureOf(seal))).toEqual(seal);
  });

  it('survives clients that write it in the alphabet for addresses', () => {
    expect(sealOf(signatureOf(anthropic).replaceAll('+', '-').replaceAll('/', '_'))).toEqual(anthropic);
  });

  it('that says that there is none, or that stands for one, is none', () => {
    expect(sealOf(signatureOf(undefined))).toBeUndefined();
    expect(sealOf('skip_thought_signature_validator')).toBeUndefined();
  });

  it('of the vendor itself is sent as it is', () => {
    expect(signatureOf(own)).toBe(own.value);
  });
});

describe('a history with answers of other vendors', () => {
  const bodyWith = (...parts: readonly JsonObject[]): JsonObject => ({ contents: [{ role: 'model', parts }] });
  const partsIn = (body: JsonObject): unknown => (body['contents'] as { parts: unknown }[])[0]?.parts;
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  it('has only its own signatures left', () => {
    const body = bodyWith(
      { text: 'a', thoughtSignature: own.value },
      { text: 'b', thoughtSignature: base64(wrapSeal(anthropic)) },
      { functionCall: { name: 'f' }, thought_signature: base64(unsealed) },
    );
    expect(JSON.stringify(body)).toContain(foreignSeals.mark);
    const context = testContext('gemini-2.5-flash');
    foreignSeals.remove(body, context);
    expect(partsIn(body)).toEqual([{ text: 'a', thoughtSignature: own.value }, { text: 'b' }, { functionCall: { name: 'f' } }]);
    expect(context.losses).toHaveLength(2);
  });

  it('has a stand-in on calls for models that insist on signatures', () => {
    const body = bodyWith({ functionCall: { name: 'f' }, thoughtSignature: base64(unsealed) });
    foreignSeals.remove(body, testContext('gemini-3-pro'));
    expect(partsIn(body)).toEqual([{ functionCall: { name: 'f' }, thoughtSignature: 'skip_thought_signature_validator' }]);
  });

  it('has no signatures at all once the service has refused one, but a stand-in where it insists', () => {
    const parts = [
      { text: 'a', thought: true, thoughtSignature: own.value },
      { functionCall: { name: 'f' }, thought_signature: own.value },
      { functionCall: { name: 'g' } },
    ];
    const [older, newer] = [bodyWith(...structuredClone(parts)), bodyWith(...structuredClone(parts))];
    const context = testContext('gemini-2.5-flash');
    foreignSeals.removeAll(older, context);
    foreignSeals.removeAll(newer, testContext('gemini-3-pro'));
    const bare = [{ text: 'a', thought: true }, { functionCall: { name: 'f' } }, { functionCall: { name: 'g' } }];
    expect(partsIn(older)).toEqual(bare);
    expect(partsIn(newer)).toEqual([bare[0], { ...bare[1], thoughtSignature: 'skip_thought_signature_validator' }, bare[2]]);
    expect(context.losses.map(({ field }) => field)).toEqual(['seal']);
  });

  it('may be anything: what is no history is left alone', () => {
    for (const body of [{}, { contents: 'x' }, { contents: [null, { parts: [null] }] }] as JsonObject[]) {
      const before = JSON.stringify(body);
      foreignSeals.remove(body, testContext());
      expect(JSON.stringify(body)).toBe(before);
    }
  });
});
