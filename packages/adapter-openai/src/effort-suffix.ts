import type { CanonicalRequest, CodecContext, Thinking } from '@tollgate/plugin-kit';
import { isReasoningModel } from './model-families.js';
import { readEffort } from './reasoning-effort.js';

const suffix = /^(.+)-(none|minimal|low|medium|high|xhigh)$/;
/** A model of another vendor that takes an effort, and only these. */
const grok = /^(?:x-ai\/)?grok-3-mini(?:-fast)?$/;
const grokEfforts: ReadonlySet<string> = new Set(['low', 'high']);

/**
 * The effort at the end of a model's name, for names that gateways before us have taught their users: `gpt-5-high` is `gpt-5` with a high
 * effort. Undefined unless what stands before it is known to take one, so that no model loses a part of its own name.
 */
export function splitEffort(model: string): { readonly model: string; readonly thinking: Thinking } | undefined {
  const [, base, effort] = suffix.exec(model) ?? [];
  if (base === undefined || effort === undefined) return undefined;
  if (!isReasoningModel(base) && !(grok.test(base) && grokEfforts.has(effort))) return undefined;
  const thinking = readEffort(effort, 'model');
  return thinking === undefined ? undefined : { model: base, thinking };
}

/** The request to the model without its suffix. Whoever names an effort with the model means it: it counts more than another field. */
export function withEffortOfName(request: CanonicalRequest, context: CodecContext): CanonicalRequest {
  const split = splitEffort(request.model);
  if (split === undefined) return request;
  const { thinking } = request;
  if (thinking !== undefined && (thinking.mode !== split.thinking.mode || thinking.effort !== split.thinking.effort)) {
    context.lose({ field: 'thinking', how: 'coerced', why: `${request.model} has its effort in its name.` });
  }
  return { ...request, ...split };
}
