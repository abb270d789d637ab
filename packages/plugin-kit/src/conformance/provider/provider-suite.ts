import type { ProviderAdapter } from '../../provider.js';
import { type Check, checksOf, type Missing, type Suite } from '../check.js';
import { type Fixtures, noFixtures, type RecordedError } from '../fixtures/recordings.js';
import { insist, insistSame } from '../insist.js';
import { runPurely } from '../run-purely.js';
import { balanceChecks } from './balance-checks.js';
import { configChecks } from './config-checks.js';
import { descriptionChecks } from './description-checks.js';
import { failureChecks } from './failure-checks.js';

export interface ProviderEvidence {
  /** What the vendor was heard to say, and a configuration to try with where none can be made up from the schema. */
  readonly fixtures?: Fixtures;
}

/** Vendors refuse in more ways than one, and the gateway does something else about each. */
const errorKindsMin = 3;

/** What every provider promises. Its dialects have suites of their own. */
export function providerSuite(provider: ProviderAdapter, { fixtures = noFixtures }: ProviderEvidence = {}): Suite {
  const subject = `provider ${provider.id}`;
  const errors = fixtures.errors[provider.id] ?? [];
  const list = fixtures.modelLists[provider.id];
  return {
    name: provider.id,
    checks: [
      ...configChecks(subject, provider, fixtures.configs[provider.id]),
      ...descriptionChecks(subject, provider, fixtures.configs[provider.id]),
      ...balanceChecks(subject, provider, fixtures.configs[provider.id]),
      ...failureChecks(subject, provider, errors),
      ...(list === undefined ? [] : modelListChecks(subject, provider, list)),
    ],
    missing: missingErrors(subject, provider, errors),
  };
}

function missingErrors(subject: string, { id }: ProviderAdapter, errors: readonly RecordedError[]): readonly Missing[] {
  const kinds = new Set(errors.map(({ expected }) => expected.kind));
  if (kinds.size >= errorKindsMin) return [];
  const file = `__fixtures__/${id}/errors.json`;
  return [
    { subject, level: 'gold', remedy: `Record refusals of three kinds (a wrong key, too many requests, a wrong request, …): ${file}` },
  ];
}

function modelListChecks(subject: string, provider: ProviderAdapter, list: unknown): readonly Check[] {
  return checksOf(subject, 'silver', {
    'reads the recorded list of models': () => {
      const read = (): readonly { readonly id: string }[] =>
        runPurely(`${provider.id}: models.read`, () => provider.models?.read(structuredClone(list)) ?? []);
      const ids = read().map(({ id }) => id);
      insist(ids.length > 0 && ids.every((id) => id !== ''), 'No model was found, or one without an id.');
      insist(new Set(ids).size === ids.length, `Models are listed twice: ${ids.join(', ')}`);
      insistSame(read(), read(), 'The same list was read in another way.');
    },
  });
}
