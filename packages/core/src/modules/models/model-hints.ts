import type { ProviderAdapter } from '@tollgate/plugin-kit';
import type { ModelHints } from './model-catalogue.js';

const fields = ['contextTokensMax', 'outputTokensMax'] as const;

/** What adapters know of the models that their places serve. Where they disagree, nothing is known. */
export function modelHintsOf(providers: Iterable<Pick<ProviderAdapter, 'knownModels'>>): ModelHints {
  const known = [...providers].flatMap(({ knownModels = [] }) => knownModels);
  const hints = new Map<string, { contextTokensMax?: number; outputTokensMax?: number }>();
  for (const { id } of known) hints.set(id, {});
  for (const [id, hint] of hints) {
    const stated = known.filter((model) => model.id === id);
    for (const field of fields) {
      const values = new Set(stated.flatMap((model) => model[field] ?? []));
      const [value] = values;
      if (values.size === 1 && value !== undefined) hint[field] = value;
    }
  }
  return hints;
}
