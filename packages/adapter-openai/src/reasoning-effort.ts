import { BadRequestError, type CodecContext, type Thinking } from '@tollgate/plugin-kit';
import { canSkipReasoning, isOwnModel, isQuietModel, isReasoningModel, knowsHighestEffort, knowsMinimalEffort } from './model-families.js';

type Effort = NonNullable<Thinking['effort']>;

/** What the wire calls an effort: the vendor's `xhigh` and `max` are both our `max`. */
type WireEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh';

const effortByWire: ReadonlyMap<unknown, Effort> = new Map<unknown, Effort>([
  ['minimal', 'minimal'],
  ['low', 'low'],
  ['medium', 'medium'],
  ['high', 'high'],
  ['xhigh', 'max'],
  ['max', 'max'],
]);

/** @throws BadRequestError if the effort is none that the vendor documents. */
export function readEffort(value: unknown, field: string): Thinking | undefined {
  if (value === undefined || value === null) return undefined;
  if (value === 'none') return { mode: 'off' };
  const effort = effortByWire.get(value);
  if (effort === undefined) throw new BadRequestError(`${field} must be one of none, minimal, low, medium, high, xhigh, max.`, field);
  return { mode: 'on', effort };
}

/** The effort to ask `model` for; undefined where nothing is to be said or the model would refuse the field. */
export function writeEffort(thinking: Thinking | undefined, model: string, context: CodecContext): WireEffort | undefined {
  if (thinking === undefined) return undefined;
  if (thinking.mode === 'off') return writeOff(model, context);
  if (isOwnModel(model) && !isReasoningModel(model)) return loseThinking(thinking, `${model} does not reason.`, context);
  const effort = thinking.effort ?? effortForBudget(thinking.budgetTokens) ?? usualEffort(thinking, model);
  if (effort === undefined) {
    return isReasoningModel(model) ? undefined : loseThinking(thinking, 'This dialect asks for a degree of effort only.', context);
  }
  if (thinking.budgetTokens !== undefined) {
    context.lose({ field: 'thinking.budgetTokens', how: 'coerced', why: 'This dialect knows degrees of effort, not budgets.' });
  }
  return writeDegree(effort, model, context);
}

/** The outermost degrees are known to few models; the next one is the nearest that all know. */
function writeDegree(effort: Effort, model: string, context: CodecContext): WireEffort {
  if (effort === 'max' && knowsHighestEffort(model)) return 'xhigh';
  if (effort !== 'max' && (effort !== 'minimal' || knowsMinimalEffort(model))) return effort;
  const nearest = effort === 'max' ? 'high' : 'low';
  context.lose({ field: 'thinking.effort', how: 'coerced', why: `${model} may not know an effort of ${effort}: ${nearest} is asked for.` });
  return nearest;
}

/** Leaving it to the model whether to think is no wish that could be lost. */
function loseThinking(thinking: Thinking, why: string, context: CodecContext): undefined {
  if (thinking.mode === 'on' || thinking.effort !== undefined) context.lose({ field: 'thinking', how: 'dropped', why });
  return undefined;
}

/** Models that think by themselves need no word; those that wait to be asked do. */
function usualEffort(thinking: Thinking, model: string): Effort | undefined {
  return thinking.mode === 'on' && isQuietModel(model) ? 'medium' : undefined;
}

function writeOff(model: string, context: CodecContext): 'none' | undefined {
  if (canSkipReasoning(model)) return 'none';
  const hasNothingToSwitchOff = isOwnModel(model) && !isReasoningModel(model);
  if (!hasNothingToSwitchOff) context.lose({ field: 'thinking', how: 'dropped', why: `${model} may not take "none" as an effort.` });
  return undefined;
}

function effortForBudget(budgetTokens: number | undefined): Effort | undefined {
  if (budgetTokens === undefined) return undefined;
  if (budgetTokens <= 2_048) return 'low';
  return budgetTokens <= 8_192 ? 'medium' : 'high';
}
