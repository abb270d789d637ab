import type { ProviderAdapter } from '@tollgate/plugin-kit';
import { z } from 'zod';

/** A configuration field at fault: its path inside `config`, and what to do. */
export interface ConfigProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export interface CheckedConfig {
  readonly problems: readonly ConfigProblem[];
  /** As the adapter's schema gives it, defaults filled in; only of use without problems. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly dialects?: ReadonlySet<string>;
}

/** The gateway's own field in every channel's `config`: the adapter's schema never sees it. */
const gatewayFields = z.object({ dialects: z.array(z.string()).min(1).optional() });

/** Checks a channel's `config` against its adapter's schema. Fields that the schema does not know are refused, unless it allows them. */
export function checkChannelConfig(adapter: ProviderAdapter, given: Readonly<Record<string, unknown>>): CheckedConfig {
  const { dialects: _gateways, ...own } = given;
  const schema = adapter.config.def.catchall === undefined ? adapter.config.strict() : adapter.config;
  const parsed = schema.safeParse(own);
  const gateways = gatewayFields.safeParse(given);
  const dialects = gateways.data?.dialects;
  return {
    problems: [
      ...(parsed.error?.issues ?? []).flatMap(problemsOf),
      ...(gateways.error?.issues ?? []).flatMap(problemsOf),
      ...(dialects ?? []).flatMap((id, index) => dialectProblem(adapter, id, index)),
    ],
    config: parsed.data ?? {},
    ...(dialects === undefined ? {} : { dialects: new Set(dialects) }),
  };
}

function problemsOf(issue: z.core.$ZodIssue): readonly ConfigProblem[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: issue.message }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'The provider has no such field.' }));
}

function dialectProblem(adapter: ProviderAdapter, id: string, index: number): readonly ConfigProblem[] {
  const spoken = adapter.speaks.map(({ dialect }) => dialect.id);
  if (spoken.includes(id)) return [];
  return [{ path: ['dialects', index], message: `Provider ${adapter.id} does not speak "${id}", only ${spoken.join(', ')}.` }];
}
