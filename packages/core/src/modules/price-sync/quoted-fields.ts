import { z } from 'zod';
import { modelPriceOf, modelPriceShape, type ModelPriceFields } from '../pricing/index.js';
import type { PriceQuote, QuotedPrices, RefusedQuote } from './price-quote.js';

/** More than any vendor asks: 10,000 dollars per million tokens. A price above was given in another unit. */
const modelRatioMax = 5_000;
/** The dearest ratio in use is that of audio to cheap text, below a hundred. */
const ratioMax = 1_000;
const ratioFieldPattern = /Ratio$|^factor$/;
/** Of one call, search, image or second, or a thousand uses of a tool. */
const unitPriceMax = 1_000;

const modelName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^\S(.*\S)?$/)
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text));

const quotedFields = z.object(modelPriceShape);

/** Gathers what a source states, row by row; what cannot be meant is refused by the model's name. */
export class QuoteCollector implements QuotedPrices {
  readonly #quotes = new Map<string, PriceQuote>();
  readonly #refused: RefusedQuote[] = [];

  get quotes(): readonly PriceQuote[] {
    return [...this.#quotes.values()];
  }

  get refused(): readonly RefusedQuote[] {
    return this.#refused;
  }

  /** `stated` is untrusted: the price fields as an apply file has them, more or less. Rows that state no price are passed over. */
  add(model: unknown, stated: Readonly<Record<string, unknown>>, facts: Pick<PriceQuote, 'asOf' | 'page'> = {}): void {
    const name = modelName.safeParse(model);
    if (!name.success) return this.refuse(model, 'This is no name of a model.');
    const parsed = quotedFields.safeParse(withoutNulls(stated));
    if (!parsed.success) return this.refuse(name.data, problemOf(parsed.error));
    const fields = withoutUndefined(parsed.data);
    const problem = absurdity(fields) ?? contradiction(fields);
    if (problem !== undefined) return this.refuse(name.data, problem);
    if (Object.keys(fields).length === 0) return undefined;
    if (this.#quotes.has(name.data)) return this.refuse(name.data, 'The source states this model twice.');
    this.#quotes.set(name.data, { model: name.data, fields, ...facts });
    return undefined;
  }

  refuse(model: unknown, problem: string): void {
    const name = typeof model === 'string' ? model.replace(/[\p{Cc}\p{Cs}]/gu, ' ').slice(0, 255) : typeof model;
    this.#refused.push({ model: name, problem });
  }
}

function withoutNulls(stated: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== null && value !== undefined));
}

function withoutUndefined(fields: ModelPriceFields): ModelPriceFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.') ?? 'price'}: ${issue?.message ?? 'Invalid.'}`.slice(0, 300);
}

/** Lists of tiers, images and the like are looked into; what is no decimal there is not money. */
function absurdity(fields: object): string | undefined {
  for (const [field, value] of Object.entries(fields) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null) {
      const problem = absurdity(value);
      if (problem !== undefined) return `${field}.${problem}`;
    }
    const most = field === 'modelRatio' ? modelRatioMax : ratioFieldPattern.test(field) ? ratioMax : unitPriceMax;
    if (typeof value === 'string' && Number(value) > most)
      return `${field}: ${value} is more than any vendor asks (${most}); it seems to be in another unit.`;
  }
  return undefined;
}

function contradiction(fields: ModelPriceFields): string | undefined {
  try {
    modelPriceOf(fields);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
