import type { HeaderRule } from './channel-options.js';
import { matchesModel } from './model-mapping.js';

/** True if a rule is about the model, by the name that callers use; empty for requests that have none. */
export function appliesTo({ models }: { readonly models?: readonly string[] | undefined }, model: string): boolean {
  return models === undefined || matchesModel(models, model);
}

/** The headers of a request to the upstream, changed as the channel's rules say, one after the other. Names are in lower case. */
export function changedHeaders(
  headers: Readonly<Record<string, string>>,
  rules: readonly HeaderRule[] | undefined,
  model: string,
): Readonly<Record<string, string>> {
  if (rules === undefined || !rules.some((rule) => appliesTo(rule, model))) return headers;
  const changed = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  for (const rule of rules) {
    if (!appliesTo(rule, model)) continue;
    for (const [name, value] of Object.entries(rule.default ?? {})) if (!changed.has(name)) changed.set(name, value);
    for (const [name, value] of Object.entries(rule.set ?? {})) changed.set(name, value);
    for (const name of rule.remove ?? []) changed.delete(name);
  }
  return Object.fromEntries(changed);
}
