import type { CanonicalRequest, CodecContext, JsonObject, Thinking } from '@tollgate/plugin-kit';
import { loseUnknownMembers } from './losses.js';
import { type ModelTraits, traitsOf } from './model-traits.js';
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

/** The vendor requires a limit. Every model since Claude 3.5 can write this much, and few answers are longer. */
export const outputTokensDefault = 8192;

/** The vendor refuses smaller budgets. */
const budgetTokensMin = 1024;

/** Of the limit on output: thinking is output, too, and an answer has to follow it. */
const budgetShareMax = 0.8;

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
  loseUnknownMembers(wire, ['type', 'budget_tokens', 'display'], 'thinking', context);
  if (wire.type === 'disabled') return { mode: 'off', ...(effort === undefined ? {} : { effort }) };
  const budgetTokens = wire.type === 'enabled' && typeof wire.budget_tokens === 'number' ? wire.budget_tokens : undefined;
  return {
    mode: wire.type === 'adaptive' ? 'auto' : 'on',
    ...(effort === undefined ? {} : { effort }),
    ...(budgetTokens === undefined ? {} : { budgetTokens }),
    shown: isShown(wire, typeof body.model === 'string' ? body.model : ''),
  };
}

/** Whoever says nothing expects what the model that was asked for does. */
function isShown({ display }: JsonObject, model: string): boolean {
  if (display === 'summarized' || display === 'omitted') return display === 'summarized';
  return traitsOf(model).showsThinking;
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
export function encodeThinking(
  { model, thinking: setting }: Pick<CanonicalRequest, 'model' | 'thinking'>,
  outputTokensMax: number,
  context: CodecContext,
): EncodedThinking {
  if (setting === undefined) return {};
  if (setting.mode === 'off') return { thinking: { type: 'disabled' } };
  const traits = traitsOf(model);
  const display = encodeDisplay(setting, traits);
  if (traits.adaptiveThinking) return encodeAdaptive(setting, display, context);
  // Models that cannot decide by themselves whether to think do not, unless somebody wants to see it.
  const isLeftToModel = setting.mode === 'auto' && setting.effort === undefined && setting.budgetTokens === undefined;
  if (isLeftToModel && setting.shown !== true) return {};
  const share = Math.floor(outputTokensMax * budgetShareMax);
  const wanted = setting.budgetTokens ?? Math.min(budgetByEffort[setting.effort ?? 'medium'], share);
  const budget = Math.min(Math.max(wanted, budgetTokensMin), outputTokensMax - 1);
  if (budget < budgetTokensMin) {
    context.lose({ field: 'thinking', how: 'dropped', why: 'The limit on output tokens leaves no room for thinking.' });
    return {};
  }
  if (setting.budgetTokens !== undefined && budget !== setting.budgetTokens)
    context.lose({ field: 'thinking.budget_tokens', how: 'coerced', why: 'The budget has to lie between 1,024 and the output limit.' });
  return { thinking: { type: 'enabled', budget_tokens: budget, ...display } };
}

/** Says what the model would not do by itself. */
function encodeDisplay({ shown }: Thinking, { showsThinking, thinkingDisplay }: ModelTraits): { display?: 'summarized' | 'omitted' } {
  if (!thinkingDisplay || shown === undefined || shown === showsThinking) return {};
  return { display: shown ? 'summarized' : 'omitted' };
}

function encodeAdaptive(setting: Thinking, display: ReturnType<typeof encodeDisplay>, context: CodecContext): EncodedThinking {
  if (setting.budgetTokens !== undefined)
    context.lose({ field: 'thinking.budget_tokens', how: 'dropped', why: 'This model decides itself how much it thinks.' });
  return { thinking: { type: 'adaptive', ...display }, ...(setting.effort === undefined ? {} : { effort: wireByEffort[setting.effort] }) };
}
