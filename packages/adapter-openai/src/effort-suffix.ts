import type { CodecContext, JsonObject, NamedThinking } from '@tollgate/plugin-kit';
import { isReasoningModel, takesSampling } from './model-families.js';
import { readEffort, writeEffort } from './reasoning-effort.js';

const suffix = /^(.+)-(none|minimal|low|medium|high|xhigh)$/;
/** A model of another vendor that takes an effort, and only these. */
const grok = /^(?:x-ai\/)?grok-3-mini(?:-fast)?$/;
const grokEfforts: ReadonlySet<string> = new Set(['low', 'high']);

/**
 * The effort at the end of a model's name, for names that gateways before us have taught their users: `gpt-5-high` is `gpt-5` with a high
 * effort. Undefined unless what stands before it is known to take one, so that no model loses a part of its own name.
 */
export function splitEffort(model: string): NamedThinking | undefined {
  const [, base, effort] = suffix.exec(model) ?? [];
  if (base === undefined || effort === undefined) return undefined;
  if (!isReasoningModel(base) && !(grok.test(base) && grokEfforts.has(effort))) return undefined;
  const thinking = readEffort(effort, 'model');
  return thinking === undefined ? undefined : { model: base, thinking };
}

/**
 * The effort that a body has to state, which has stated `given`, for the model that was named so. What such a model refuses while it
 * reasons is taken out of the body.
 */
export function effortOfName(body: JsonObject, given: unknown, { model, thinking }: NamedThinking, context: CodecContext): unknown {
  const effort = writeEffort(thinking, model, context);
  if (given !== undefined && given !== null && given !== effort) {
    context.lose({ field: 'thinking', how: 'coerced', why: 'The name of the model says its effort.' });
  }
  if (takesSampling(model, thinking)) return effort;
  for (const field of ['temperature', 'top_p']) {
    const isUsual = body[field] === undefined || body[field] === null || body[field] === 1;
    if (!isUsual) context.lose({ field, how: 'dropped', why: `${model} takes none while it reasons.` });
    delete body[field];
  }
  return effort;
}
