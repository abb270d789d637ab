import type { CanonicalRequest, CodecContext, JsonObject, Thinking } from '@tollgate/plugin-kit';
import { loseUnknownMembers } from './losses.js';
import { traitsOf } from './model-traits.js';
import { isObject, type MessageCreateParamsBase } from './wire.js';

type Effort = NonNullable<Thinking['effort']>;
type WireEffort = NonNullable<NonNullable<MessageCreateParamsBase['output_config']>['effort']>;
type WireThinking = NonNullable<MessageCreateParamsBase['thinking']>;

const effortByWire: ReadonlyMap<unknown, Effort> = new Map<WireEffort, Effort>([
  ['low', 'low'],
  ['medium', 'medium'],
  ['high', 'high'],
  ['xhigh', 'max'],
  ['max', 'max'],
]);

const wireByEffort: Readonly<Record<Effort, WireEffort>> = { minimal: 'low', low: 'low', medium: 'medium', high: 'high', max: 'max' };

/** Tokens for models that take a budget and no effort. */
const budgetByEffort: Readonly<Record<Effort, number>> = { minimal: 1024, low: 2048, medium: 8192, high: 16_384, max: 32_768 };

/** The vendor refuses smaller budgets. */
const budgetTokensMin = 1024;

/** True for the kinds of `thinking` that the canonical form can say; others travel as an extension. */
export function isCanonicalThinking(wire: unknown): boolean {
  return isObject(wire) && (wire.type === 'enabled' || wire.type === 'disabled' || wire.type === 'adaptive');
}

export function decodeThinking(body: JsonObject, context: CodecContext): Thinking | undefined {
  const wire = isCanonicalThinking(body.thinking) ? (body.thinking as JsonObject) : undefined;
  const wireEffort = isObject(body.output_config) ? (body.output_config.effort ?? undefined) : undefined;
  const effort = effortByWire.get(wireEffort);
  if (effort === undefined ? wireEffort !== undefined : wireEffort === 'xhigh') loseEffort(effort, context);
  if (wire === undefined) return effort === undefined ? undefined : { mode: 'auto', effort };
  loseUnknownMembers(wire, ['type', 'budget_tokens'], 'thinking', context);
  const budgetTokens = wire.type === 'enabled' && typeof wire.budget_tokens === 'number' ? wire.budget_tokens : undefined;
  return {
    mode: wire.type === 'adaptive' ? 'auto' : wire.type === 'enabled' ? 'on' : 'off',
    ...(effort === undefined ? {} : { effort }),
    ...(budgetTokens === undefined ? {} : { budgetTokens }),
  };
}

function loseEffort(effort: Effort | undefined, context: CodecContext): void {
  context.lose({
    field: 'output_config.effort',
    how: effort === undefined ? 'dropped' : 'coerced',
    why: effort === undefined ? 'This effort is unknown.' : 'Between high and max there is no step that all vendors have.',
  });
}

export interface EncodedThinking {
  readonly thinking?: WireThinking;
  readonly effort?: WireEffort;
}

/** @param outputTokensMax what the budget has to stay below: the vendor counts thinking as output. */
export function encodeThinking(request: CanonicalRequest, outputTokensMax: number, context: CodecContext): EncodedThinking {
  const setting = request.thinking;
  if (setting === undefined) return {};
  if (setting.mode === 'off') return { thinking: { type: 'disabled' } };
  if (traitsOf(request.model).adaptiveThinking) return encodeAdaptive(setting, context);
  const wanted = setting.budgetTokens ?? budgetByEffort[setting.effort ?? 'medium'];
  const budget = Math.min(Math.max(wanted, budgetTokensMin), outputTokensMax - 1);
  if (budget < budgetTokensMin) {
    context.lose({ field: 'thinking', how: 'dropped', why: 'The limit on output tokens leaves no room for thinking.' });
    return {};
  }
  if (setting.budgetTokens !== undefined && budget !== setting.budgetTokens)
    context.lose({ field: 'thinking.budget_tokens', how: 'coerced', why: 'The budget has to lie between 1,024 and the output limit.' });
  return { thinking: { type: 'enabled', budget_tokens: budget } };
}

function encodeAdaptive(setting: Thinking, context: CodecContext): EncodedThinking {
  if (setting.budgetTokens !== undefined)
    context.lose({ field: 'thinking.budget_tokens', how: 'dropped', why: 'This model decides itself how much it thinks.' });
  return { thinking: { type: 'adaptive' }, ...(setting.effort === undefined ? {} : { effort: wireByEffort[setting.effort] }) };
}
