import type { Knex } from 'knex';
import type { ModelPrice, PriceSource } from '../pricing/index.js';
import type { SettlementRules } from '../settlement/index.js';
import type { Model } from './model.js';

interface ModelRow {
  readonly id: string;
  readonly name: string;
  /** JSON text of a ModelPrice. */
  readonly price: string | null;
  readonly price_source: string | null;
  readonly output_tokens_max: number | bigint | null;
  /** JSON text: ending → policy. */
  readonly settlement: string | null;
  readonly enabled: number | bigint;
  readonly created_at: number | bigint;
}

export async function readModels(knex: Knex): Promise<readonly Model[]> {
  const columns = ['id', 'name', 'price', 'price_source', 'output_tokens_max', 'settlement', 'enabled', 'created_at'] as const;
  const rows: readonly ModelRow[] = await knex<ModelRow>('models')
    .select(...columns)
    .orderBy('name');
  return rows.map(rowToModel);
}

export async function insertModel(transaction: Knex.Transaction, model: Model): Promise<void> {
  await transaction<ModelRow>('models').insert(modelToRow(model));
}

export async function updateModel(transaction: Knex.Transaction, model: Model): Promise<void> {
  const { id, ...changed } = modelToRow(model);
  await transaction<ModelRow>('models').where('id', id).update(changed);
}

function rowToModel(row: ModelRow): Model {
  return {
    id: row.id,
    name: row.name,
    enabled: Number(row.enabled) === 1,
    createdAt: Number(row.created_at),
    ...(row.price === null
      ? {}
      : { price: JSON.parse(row.price) as ModelPrice, priceSource: (row.price_source ?? 'manual') as PriceSource }),
    ...(row.output_tokens_max === null ? {} : { outputTokensMax: Number(row.output_tokens_max) }),
    ...(row.settlement === null ? {} : { settlement: JSON.parse(row.settlement) as Partial<SettlementRules> }),
  };
}

function modelToRow(model: Model): ModelRow {
  return {
    id: model.id,
    name: model.name,
    price: model.price === undefined ? null : JSON.stringify(model.price),
    price_source: model.price === undefined ? null : (model.priceSource ?? 'manual'),
    output_tokens_max: model.outputTokensMax ?? null,
    settlement: model.settlement === undefined ? null : JSON.stringify(model.settlement),
    enabled: model.enabled ? 1 : 0,
    created_at: model.createdAt,
  };
}
