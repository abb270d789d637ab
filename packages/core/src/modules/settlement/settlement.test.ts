import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { emptyUsage, type Usage } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { settlementPage } from '../../testing/settlement-page.js';
import { chargeFor, endingKeys, type KnownUsage, settlementPolicies, sweepPolicyOf } from './settlement.js';
import { settlementSettings } from './settlement-settings.js';

const published = fileURLToPath(new URL('../../../../../docs/settlement.md', import.meta.url));

const stated: Usage = { ...emptyUsage(), inputText: 10, outputText: 20 };
const delivered: Usage = { ...emptyUsage(), inputText: 10, outputText: 7 };
const known = (facts: { stated?: Usage; delivered?: Usage; undrained?: KnownUsage['undrained'] }): KnownUsage => ({
  stated: () => facts.stated,
  delivered: () => facts.delivered,
  undrained: facts.undrained,
});

describe('settlement', () => {
  it('is published in docs/settlement.md as it is declared; UPDATE_DOCS=1 writes it anew', () => {
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(published, settlementPage());
    expect(readFileSync(published, 'utf8')).toBe(settlementPage());
  });

  it('has a setting for each ending', () => {
    expect(Object.keys(settlementSettings.schema.shape)).toEqual(expect.arrayContaining([...endingKeys]));
  });

  it.each([
    { policy: 'upstream-actual', facts: { stated, delivered }, charge: { usage: stated, policy: 'upstream-actual', estimated: false } },
    { policy: 'upstream-actual', facts: { stated }, charge: { usage: stated, policy: 'upstream-actual', estimated: false } },
    {
      policy: 'upstream-actual',
      facts: { delivered },
      charge: { usage: delivered, policy: 'delivered', estimated: true, fallback: 'not-stated' },
    },
    {
      policy: 'upstream-actual',
      facts: { delivered, undrained: 'drain-cap' },
      charge: { usage: delivered, policy: 'delivered', estimated: true, fallback: 'drain-cap' },
    },
    {
      policy: 'upstream-actual',
      facts: {},
      charge: { usage: emptyUsage(), policy: 'not-delivered', estimated: false, fallback: 'not-stated' },
    },
    { policy: 'delivered', facts: { stated, delivered }, charge: { usage: delivered, policy: 'delivered', estimated: true } },
    { policy: 'delivered', facts: { stated }, charge: { usage: emptyUsage(), policy: 'not-delivered', estimated: false } },
    { policy: 'free', facts: { stated, delivered }, charge: { usage: emptyUsage(), policy: 'free', estimated: false } },
  ] as const)('by $policy of $facts', ({ policy, facts, charge }) => {
    expect(chargeFor(policy, known(facts))).toEqual(charge);
  });

  it('gives back what a dead node held only where that is free', () => {
    expect(settlementPolicies.map(sweepPolicyOf)).toEqual(['charge', 'charge', 'release']);
  });
});
