import type { ProviderAdapter } from '@tollgate/plugin-kit';
import { bumpRevision, lockRevision } from '../../cluster/configuration-revision.js';
import type { Clock } from '../../foundation/clock.js';
import { newId } from '../../foundation/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import { type ChangeAuthor, commandLine, gatewayItself, type PlannedStep, writeChanges } from '../changes/index.js';
import type { Channel } from '../channels/index.js';
import { type Model, ModelCatalogue, modelSteps, readModels } from '../models/index.js';
import { type ModelPrice, modelPriceOf } from '../pricing/index.js';
import type { SettingsValues } from '../settings/index.js';
import { comparePrices, type ComparedQuote, type DifferenceMark, type PriceDifference, type QuoteMark } from './compare-prices.js';
import { everyListedModel, listedPrices } from './listed-prices.js';
import { fieldsOfPrice, kindOf } from './price-facts.js';
import type { PriceFetcher } from './price-fetcher.js';
import { askAll, leftOut, priceQuestions } from './price-questions.js';
import type { PriceSourceReport } from './price-quote.js';
import { PriceChoiceRefusedError, UnknownPriceChoiceError, UnknownPriceSourceError } from './price-sync-errors.js';
import type { priceSyncSettings } from './price-sync-settings.js';
import {
  advancePriceSyncRun,
  beginPriceSyncRun,
  deleteOldPriceSyncRuns,
  latestPriceSyncRun,
  markPriceSyncRunApplied,
  type PriceSyncRun,
  type PriceSyncRunFilter,
} from './price-sync-store.js';

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
    const startedAt = this.#parts.clock.now();
    const run: PriceSyncRun = { id, state: 'queued', scheduled: false, startedAt, sourcesDone: 0, sourcesTotal: 0, reports: [] };
    await beginPriceSyncRun(transaction, run);
    return run;
  }

  /** Asks every source there is; those that fail are told of in the run. @throws StorageUnavailableError */
  run(id: string = newId()): Promise<PriceSyncRun> {
    return this.#run(id, false);
  }

  /** The same for the schedule. Begins anew what was broken off, so that no run stays under way for ever. @throws StorageUnavailableError */
  async runScheduled(): Promise<PriceSyncRun> {
    const last = await this.latest({ scheduled: true });
    return this.#run(last === undefined || last.state === 'done' ? newId() : last.id, true);
  }

  async #run(id: string, scheduled: boolean): Promise<PriceSyncRun> {
    const { clock, database, fetcher } = this.#parts;
    const channels = this.#parts.channels();
    const questions = priceQuestions(fetcher, { ...this.#parts.settings(), channels });
    const begun = { id, scheduled, startedAt: clock.now(), sourcesTotal: questions.length };
    const underWay = (sourcesDone: number): PriceSyncRun => ({ ...begun, state: 'running', sourcesDone, reports: [] });
    await database.write((transaction) => beginPriceSyncRun(transaction, underWay(0)));
    const before = new Map((await this.#asked()).map((report) => [report.source, report]));
    const asked = await askAll(questions, before, (sourcesDone) =>
      database.write((transaction) => advancePriceSyncRun(transaction, underWay(sourcesDone))),
    );
    if (fetcher.isClosed) throw new Error('The gateway stopped while it asked for prices.');
    const run: PriceSyncRun = {
      ...begun,
      state: 'done',
      finishedAt: clock.now(),
      sourcesDone: questions.length,
      reports: [...asked, ...leftOut(channels)],
    };
    await database.write(async (transaction) => {
      await advancePriceSyncRun(transaction, run);
      await deleteOldPriceSyncRuns(transaction, runsKept);
    });
    return run;
  }

  /** The newest run of those meant, under way or done. */
  latest(filter?: PriceSyncRunFilter): Promise<PriceSyncRun | undefined> {
    return latestPriceSyncRun(this.#parts.database.knex, filter);
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
  async apply(choices: readonly PriceChoice[], author = commandLine): Promise<readonly AppliedPrice[]> {
    return this.#parts.database.write(async (transaction) => {
      const models = await readModelsToWrite(transaction);
      const asked = await this.#asked(transaction);
      const differences = new Map(this.#compare(models, asked, true).map((difference) => [difference.model, difference]));
      const chosen = choices.map((choice) => checkedQuote(choice, differences.get(choice.model)));
      return this.#write(transaction, models, chosen, author);
    });
  }

  /**
   * Takes over every price that no conflict speaks against, of one source or of all. A second time changes nothing.
   * @throws UnknownPriceSourceError, StorageUnavailableError
   */
  applyUnopposed(source?: string, author = commandLine): Promise<readonly AppliedPrice[]> {
    return this.#parts.database.write((transaction) => this.#writeUnopposed(transaction, source, author));
  }

  /** The same for the schedule, from all sources. The run that led to it remembers it, in one transaction. @throws StorageUnavailableError */
  applyScheduled(run: PriceSyncRun): Promise<readonly AppliedPrice[]> {
    return this.#parts.database.write(async (transaction) => {
      const applied = await this.#writeUnopposed(transaction, undefined, gatewayItself);
      await markPriceSyncRunApplied(transaction, run.id, this.#parts.clock.now());
      return applied;
    });
  }

  /** @throws UnknownPriceSourceError */
  async #writeUnopposed(transaction: Transaction, source: string | undefined, author: ChangeAuthor): Promise<readonly AppliedPrice[]> {
    const models = await readModelsToWrite(transaction);
    const asked = await this.#asked(transaction);
    if (source !== undefined) this.#checkSource(source, asked);
    const chosen = this.#compare(models, asked, false).flatMap(({ choice, quotes }) =>
      quotes.filter((quote) => quote.source === choice && (source === undefined || quote.source === source)),
    );
    return this.#write(transaction, models, chosen, author);
  }

  /** @throws UnknownPriceSourceError */
  #checkSource(source: string, asked: readonly PriceSourceReport[]): void {
    const lists = [...this.#parts.providers].flatMap(({ prices = [] }) => prices.map(({ vendor }) => `list:${vendor}`));
    const known = [...new Set([...asked.map((report) => report.source), ...lists])];
    if (!known.includes(source)) throw new UnknownPriceSourceError(source, known);
  }

  async #asked(knex: Database['knex'] = this.#parts.database.knex): Promise<readonly PriceSourceReport[]> {
    return (await latestPriceSyncRun(knex, { state: 'done' }))?.reports ?? [];
  }

  #compare(models: readonly Model[], asked: readonly PriceSourceReport[], everything: boolean): readonly PriceDifference[] {
    const channels = this.#parts.channels();
    const providers = [...this.#parts.providers];
    const known = new Set([...models.map(({ name }) => name), ...channels.flatMap((channel) => [...channel.models])]);
    const listed = listedPrices(providers, channels, everything ? new Set([...known, ...everyListedModel(providers)]) : known);
    const reports = [...asked, ...listed].map((report) =>
      everything ? report : { ...report, quotes: report.quotes.filter(({ model }) => known.has(model)) },
    );
    return comparePrices(new ModelCatalogue(models), reports, this.#parts.settings().suspiciousFactor);
  }

  async #write(
    transaction: Transaction,
    models: readonly Model[],
    chosen: readonly ComparedQuote[],
    author: ChangeAuthor,
  ): Promise<readonly AppliedPrice[]> {
    const catalogue = new ModelCatalogue(models);
    const known = new Map(models.map((model) => [model.name, model]));
    const inForce = new Map(chosen.map(({ model }) => [model, catalogue.find(model)?.price]));
    const at = this.#parts.clock.now();
    const applied: AppliedPrice[] = [];
    const steps: PlannedStep[] = [];
    for (const { model: name, source, fields } of chosen) {
      const model = known.get(name);
      const before = inForce.get(name);
      const after = merged(before, fields);
      if (after === undefined) throw new UnknownPriceChoiceError(name, source);
      // Beside a pattern that a person has priced, a price that is only synced would not be in force: who confirms it there sets it by hand.
      const priceSource = catalogue.isPricedByHandAsMany(name) ? 'manual' : 'synced';
      const priced: Model = { ...(model ?? { id: newId(), name, createdAt: at }), price: after, priceSource };
      steps.push(...modelSteps(model, priced));
      known.set(name, priced);
      inForce.set(name, after);
      applied.push({ model: name, source, ...(before === undefined ? {} : { before }), after });
    }
    if (steps.length > 0) await bumpRevision(transaction);
    await writeChanges(transaction, steps, { author, at });
    return applied;
  }
}

/** Whoever else changes the configuration now waits, and then plans anew: no price that was just set by hand is written over. */
async function readModelsToWrite(transaction: Transaction): Promise<readonly Model[]> {
  await lockRevision(transaction);
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
