import type { Knex } from 'knex';
import type { ModelPrice, PriceSource } from '../pricing/index.js';
import type { SettlementRules } from '../settlement/index.js';
import type { Model, ModelFacts, ModelType } from './model.js';

interface ModelRow {
  readonly id: string;
  readonly name: string;
  /** JSON text of a ModelPrice. */
  readonly price: string | null;
  readonly price_source: string | null;
  readonly output_tokens_max: number | bigint | null;
  /** JSON text: ending → policy. */
  readonly settlement: string | null;
  readonly vendor: string | null;
  readonly type: string | null;
  /** JSON text of the other facts. */
  readonly facts: string;
  readonly enabled: number | bigint;
  /** 0 where the entry does not say whether it is enabled; `enabled` is 1 then, for nodes that know of that column alone. */
  readonly states_enabled: number | bigint;
  readonly created_at: number | bigint;
}

export async function readModels(knex: Knex): Promise<readonly Model[]> {
  const rows: readonly ModelRow[] = await knex<ModelRow>('models').select('*').orderBy('name');
  return rows.map(rowToModel);
}

export async function insertModel(transaction: Knex.Transaction, model: Model): Promise<void> {
  await transaction<ModelRow>('models').insert(modelToRow(model));
}

export async function updateModel(transaction: Knex.Transaction, model: Model): Promise<void> {
  const { id, ...changed } = modelToRow(model);
  await transaction<ModelRow>('models').where('id', id).update(changed);
}

export async function deleteModel(transaction: Knex.Transaction, id: string): Promise<void> {
  await transaction<ModelRow>('models').where('id', id).delete();
}

function rowToModel(row: ModelRow): Model {
  return {
    id: row.id,
    name: row.name,
    createdAt: Number(row.created_at),
    ...enabledIn(row),
    ...(JSON.parse(row.facts) as ModelFacts),
    ...(row.vendor === null ? {} : { vendor: row.vendor }),
    ...(row.type === null ? {} : { type: row.type as ModelType }),
    ...(row.price === null
      ? {}
      : { price: JSON.parse(row.price) as ModelPrice, priceSource: (row.price_source ?? 'manual') as PriceSource }),
    ...(row.output_tokens_max === null ? {} : { outputTokensMax: Number(row.output_tokens_max) }),
    ...(row.settlement === null ? {} : { settlement: JSON.parse(row.settlement) as Partial<SettlementRules> }),
  };
}

/** In `states_enabled` of what a node of the release before has inserted, which knows nothing of the column. */
const writtenBefore = 2;

/** A node of the release before switches off without a word about the second column, too. */
function enabledIn({ enabled, states_enabled, price, price_source }: ModelRow): Pick<Model, 'enabled'> {
  if (Number(enabled) === 0) return { enabled: false };
  const isPricedByHand = price !== null && price_source !== 'preset' && price_source !== 'synced';
  const isStated = Number(states_enabled) === writtenBefore ? isPricedByHand : Number(states_enabled) === 1;
  return isStated ? { enabled: true } : {};
}

function modelToRow(model: Model): ModelRow {
  const { icon, description, tags, capabilities, contextTokensMax, endpoints } = model;
  return {
    id: model.id,
    name: model.name,
    price: model.price === undefined ? null : JSON.stringify(model.price),
    price_source: model.price === undefined ? null : (model.priceSource ?? 'manual'),
    output_tokens_max: model.outputTokensMax ?? null,
    settlement: model.settlement === undefined ? null : JSON.stringify(model.settlement),
    vendor: model.vendor ?? null,
    type: model.type ?? null,
    facts: JSON.stringify({ icon, description, tags, capabilities, contextTokensMax, endpoints }),
    enabled: model.enabled === false ? 0 : 1,
    states_enabled: model.enabled === undefined ? 0 : 1,
    created_at: model.createdAt,
  };
}
