import type { ProviderAdapter } from '@tollgate/plugin-kit';
import { bumpRevision } from '../../cluster/configuration-revision.js';
import type { Clock } from '../../foundation/clock.js';
import { newId } from '../../foundation/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { Channel } from '../channels/index.js';
import { insertModel, type Model, readModels, updateModel } from '../models/index.js';
import { type ModelPrice, modelPriceOf } from '../pricing/index.js';
import type { SettingsValues } from '../settings/index.js';
import { comparePrices, type ComparedQuote, type DifferenceMark, type PriceDifference, type QuoteMark } from './compare-prices.js';
import { everyListedModel, listedPrices } from './listed-prices.js';
import { fieldsOfPrice, kindOf } from './price-facts.js';
import type { PriceFetcher } from './price-fetcher.js';
import { answerOf, leftOut, priceQuestions, type PriceQuestion } from './price-questions.js';
import type { PriceSourceReport } from './price-quote.js';
import { PriceChoiceRefusedError, UnknownPriceChoiceError, UnknownPriceSourceError } from './price-sync-errors.js';
import type { priceSyncSettings } from './price-sync-settings.js';
import { deleteOldPriceSyncRuns, latestPriceSyncRun, type PriceSyncRun, savePriceSyncRun } from './price-sync-store.js';

/** What a choice may have to say that it knows of. */
export const confirmableMarks = ['local-manual', 'kind-differs', 'suspicious', 'silent-on-tiers'] as const satisfies readonly (
  | DifferenceMark
  | QuoteMark
)[];
export type ConfirmableMark = (typeof confirmableMarks)[number];

/** A price to be taken over, by model and by the source that states it. */
export interface PriceChoice {
  readonly model: string;
  readonly source: string;
  readonly evenIf?: readonly ConfirmableMark[];
}

export interface AppliedPrice {
  readonly model: string;
  readonly source: string;
  readonly before?: ModelPrice;
  readonly after: ModelPrice;
}

export interface PriceSyncParts {
  readonly database: Database;
  readonly providers: Iterable<ProviderAdapter> & object;
  /** Those that can be used now. */
  channels(): readonly Channel[];
  settings(): SettingsValues<typeof priceSyncSettings>;
  readonly fetcher: PriceFetcher;
  readonly clock: Clock;
}

const askedAtOnce = 8;
/** Other background jobs wait while a run asks. */
const runTimeMaxMs = 30_000;
const runsKept = 10;

const problems: Readonly<Record<ConfirmableMark, string>> = {
  'local-manual': 'it was priced by hand. Confirm with evenIf: local-manual.',
  'kind-differs': 'it is priced by another kind of unit (tokens, call, image, second). Confirm with evenIf: kind-differs.',
  'silent-on-tiers':
    'it has prices for longer calls, of which the source says nothing: they would stay. Confirm with evenIf: silent-on-tiers.',
  suspicious: 'the price is far from the one in force or from what others ask; it may be in another unit. Confirm with evenIf: suspicious.',
};

/** Finds out what others ask for the models here, shows where that differs, and takes over what is chosen. */
export class PriceSync {
  readonly #parts: PriceSyncParts;

  constructor(parts: PriceSyncParts) {
    this.#parts = parts;
  }

  /** Notes that a run of this id is wanted. */
  async queue(transaction: Transaction, id: string): Promise<PriceSyncRun> {
    const run: PriceSyncRun = { id, state: 'queued', startedAt: this.#parts.clock.now(), sourcesDone: 0, sourcesTotal: 0, reports: [] };
    await savePriceSyncRun(transaction, run);
    return run;
  }

  /** Asks every source there is; those that fail are told of in the run. @throws StorageUnavailableError */
  async run(id: string = newId()): Promise<PriceSyncRun> {
    const { clock, fetcher } = this.#parts;
    const channels = this.#parts.channels();
    const questions = priceQuestions(fetcher, { ...this.#parts.settings(), channels });
    const begun = { id, startedAt: clock.now(), sourcesTotal: questions.length };
    const save = (run: PriceSyncRun) => this.#parts.database.write((transaction) => savePriceSyncRun(transaction, run));
    await save({ ...begun, state: 'running', sourcesDone: 0, reports: [] });
    const before = new Map((await this.#asked()).map((report) => [report.source, report]));
    const asked = await askAll(questions, before, (sourcesDone) => save({ ...begun, state: 'running', sourcesDone, reports: [] }));
    if (fetcher.isClosed) throw new Error('The gateway stopped while it asked for prices.');
    const run: PriceSyncRun = {
      ...begun,
      state: 'done',
      finishedAt: clock.now(),
      sourcesDone: questions.length,
      reports: [...asked, ...leftOut(channels)],
    };
    await this.#parts.database.write(async (transaction) => {
      await savePriceSyncRun(transaction, run);
      await deleteOldPriceSyncRuns(transaction, runsKept);
    });
    return run;
  }

  /** The newest run, under way or done. */
  latest(): Promise<PriceSyncRun | undefined> {
    return latestPriceSyncRun(this.#parts.database.knex);
  }

  /** Of models that are known here or offered by a channel; with `everything`, of all that any source states. */
  async differences(options: { readonly everything?: boolean } = {}): Promise<readonly PriceDifference[]> {
    const asked = await this.#asked();
    return this.#compare(await readModels(this.#parts.database.knex), asked, options.everything ?? false);
  }

  /**
   * Takes the chosen prices over, all or none.
   * @throws UnknownPriceChoiceError, PriceChoiceRefusedError naming the model, StorageUnavailableError
   */
  async apply(choices: readonly PriceChoice[]): Promise<readonly AppliedPrice[]> {
    const asked = await this.#asked();
    return this.#parts.database.write(async (transaction) => {
      const models = await readModelsToWrite(transaction);
      const differences = new Map(this.#compare(models, asked, true).map((difference) => [difference.model, difference]));
      const chosen = choices.map((choice) => checkedQuote(choice, differences.get(choice.model)));
      return this.#write(transaction, models, chosen);
    });
  }

  /**
   * Takes over every price that no conflict speaks against, of one source or of all.
   * @throws UnknownPriceSourceError, StorageUnavailableError
   */
  async applyUnopposed(source?: string): Promise<readonly AppliedPrice[]> {
    const asked = await this.#asked();
    if (source !== undefined) this.#checkSource(source, asked);
    return this.#parts.database.write(async (transaction) => {
      const models = await readModelsToWrite(transaction);
      const chosen = this.#compare(models, asked, false).flatMap(({ choice, quotes }) =>
        quotes.filter((quote) => quote.source === choice && (source === undefined || quote.source === source)),
      );
      return this.#write(transaction, models, chosen);
    });
  }

  /** @throws UnknownPriceSourceError */
  #checkSource(source: string, asked: readonly PriceSourceReport[]): void {
    const lists = [...this.#parts.providers].flatMap(({ prices = [] }) => prices.map(({ vendor }) => `list:${vendor}`));
    const known = [...new Set([...asked.map((report) => report.source), ...lists])];
    if (!known.includes(source)) throw new UnknownPriceSourceError(source, known);
  }

  async #asked(): Promise<readonly PriceSourceReport[]> {
    return (await latestPriceSyncRun(this.#parts.database.knex, 'done'))?.reports ?? [];
  }

  #compare(models: readonly Model[], asked: readonly PriceSourceReport[], everything: boolean): readonly PriceDifference[] {
    const channels = this.#parts.channels();
    const providers = [...this.#parts.providers];
    const known = new Set([...models.map(({ name }) => name), ...channels.flatMap((channel) => [...channel.models])]);
    const listed = listedPrices(providers, channels, everything ? new Set([...known, ...everyListedModel(providers)]) : known);
    const reports = [...asked, ...listed].map((report) =>
      everything ? report : { ...report, quotes: report.quotes.filter(({ model }) => known.has(model)) },
    );
    return comparePrices(models, reports, this.#parts.settings().suspiciousFactor);
  }

  async #write(transaction: Transaction, models: readonly Model[], chosen: readonly ComparedQuote[]): Promise<readonly AppliedPrice[]> {
    const known = new Map(models.map((model) => [model.name, model]));
    const applied: AppliedPrice[] = [];
    for (const { model: name, source, fields } of chosen) {
      const model = known.get(name);
      const before = model?.price;
      const after = merged(before, fields);
      if (after === undefined) throw new UnknownPriceChoiceError(name, source);
      if (model === undefined) {
        const createdAt = this.#parts.clock.now();
        await insertModel(transaction, { id: newId(), name, enabled: true, createdAt, price: after, priceSource: 'synced' });
      } else await updateModel(transaction, { ...model, price: after, priceSource: 'synced' });
      applied.push({ model: name, source, ...(before === undefined ? {} : { before }), after });
    }
    return applied;
  }
}

/** Whoever else changes the configuration now waits, and then plans anew: no price that was just set by hand is written over. */
async function readModelsToWrite(transaction: Transaction): Promise<readonly Model[]> {
  await bumpRevision(transaction);
  return readModels(transaction);
}

/** What the source is silent about stays as it is. */
function merged(before: ModelPrice | undefined, fields: ComparedQuote['fields']): ModelPrice | undefined {
  const sameKind = before !== undefined && before.by === kindOf(fields);
  return modelPriceOf({ ...(sameKind ? fieldsOfPrice(before) : {}), ...fields });
}

/** @throws UnknownPriceChoiceError, PriceChoiceRefusedError */
function checkedQuote(choice: PriceChoice, difference: PriceDifference | undefined): ComparedQuote {
  const quote = difference?.quotes.find(({ source, changes }) => changes && source === choice.source);
  if (difference === undefined || quote === undefined) throw new UnknownPriceChoiceError(choice.model, choice.source);
  const marks: readonly string[] = [...difference.marks, ...quote.marks];
  const unconfirmed = confirmableMarks.find((mark) => marks.includes(mark) && choice.evenIf?.includes(mark) !== true);
  if (unconfirmed !== undefined) throw new PriceChoiceRefusedError(choice.model, problems[unconfirmed]);
  return quote;
}

async function askAll(
  questions: readonly PriceQuestion[],
  before: ReadonlyMap<string, PriceSourceReport>,
  onProgress: (done: number) => Promise<void>,
): Promise<readonly PriceSourceReport[]> {
  const signal = AbortSignal.timeout(runTimeMaxMs);
  const reports = new Map<PriceQuestion, PriceSourceReport>();
  const waiting = [...questions];
  const askNext = async (): Promise<void> => {
    for (let question = waiting.shift(); question !== undefined; question = waiting.shift()) {
      reports.set(question, await answerOf(question, signal, before.get(question.source)));
      if (reports.size < questions.length) await onProgress(reports.size);
    }
  };
  await Promise.all(Array.from({ length: askedAtOnce }, askNext));
  return questions.flatMap((question) => reports.get(question) ?? []);
}
