import { jsonSchemaOf, type ProviderAdapter } from '@tollgate/plugin-kit';
import { z } from 'zod';
import { knownFields, knownText } from '../../foundation/known-fields.js';

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
      ...(parsed.error?.issues ?? []).flatMap((issue) => problemsOf(issue, adapter)),
      ...(gateways.error?.issues ?? []).flatMap((issue) => problemsOf(issue, adapter)),
      ...(dialects ?? []).flatMap((id, index) => dialectProblem(adapter, id, index)),
    ],
    config: parsed.data ?? {},
    ...(dialects === undefined ? {} : { dialects: new Set(dialects) }),
  };
}

function problemsOf(issue: z.core.$ZodIssue, adapter: ProviderAdapter): readonly ConfigProblem[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: issue.message }];
  const own = knownFields(jsonSchemaOf(adapter.config), issue.path);
  const known = issue.path.length === 0 ? [...own, 'dialects'] : own;
  return issue.keys.map((key) => ({
    path: [...issue.path, key],
    message: `Provider ${adapter.id} has no such field. ${knownText(known)}`,
  }));
}

function dialectProblem(adapter: ProviderAdapter, id: string, index: number): readonly ConfigProblem[] {
  const spoken = adapter.speaks.map(({ dialect }) => dialect.id);
  if (spoken.includes(id)) return [];
  return [{ path: ['dialects', index], message: `Provider ${adapter.id} does not speak "${id}", only ${spoken.join(', ')}.` }];
}
