import type { Clock } from '../../foundation/clock.js';
import type { Transaction } from '../../storage/database.js';
import type { ChangeAuthor, ConfigurationEditor, PlannedStep } from '../changes/index.js';
import { changedModel, changedVendor, type ModelChange, type VendorChange } from './model-change.js';
import type { Model } from './model.js';
import { modelSteps } from './model-steps.js';
import { deleteModel, readModels } from './model-store.js';
import {
  ModelEntryExistsError,
  ModelEntryNotFoundError,
  UnknownVendorError,
  VendorExistsError,
  VendorInUseError,
  VendorNotFoundError,
} from './models-errors.js';
import type { Vendor } from './vendor.js';
import { vendorSteps } from './vendor-steps.js';
import { deleteVendor, readVendors } from './vendor-store.js';

/** Changes of the catalogue by people, each whole or not at all. Every method may throw StorageUnavailableError. */
export class ModelDesk {
  readonly #editor: ConfigurationEditor;
  readonly #clock: Clock;

  constructor(editor: ConfigurationEditor, clock: Clock) {
    this.#editor = editor;
    this.#clock = clock;
  }

  /** @throws ModelEntryExistsError, UnknownVendorError */
  create(author: ChangeAuthor, name: string, change: ModelChange): Promise<Model> {
    return this.#editor.edit(author, async (transaction) => {
      const models = await readModels(transaction);
      if (models.some((model) => model.name === name)) throw new ModelEntryExistsError(name);
      await checkVendor(transaction, change);
      const model = changedModel(name, undefined, change, this.#clock);
      return { steps: modelSteps(undefined, model), result: model };
    });
  }

  /** @throws ModelEntryNotFoundError, UnknownVendorError */
  change(author: ChangeAuthor, name: string, change: ModelChange): Promise<Model> {
    return this.#editor.edit(author, async (transaction) => {
      const known = await knownModel(transaction, name);
      await checkVendor(transaction, change);
      const model = changedModel(name, known, change, this.#clock);
      return { steps: modelSteps(known, model), result: model };
    });
  }

  /** The same change for many; names that have no entry get one. @throws UnknownVendorError */
  changeMany(author: ChangeAuthor, names: readonly string[], change: ModelChange): Promise<readonly Model[]> {
    return this.#editor.edit(author, async (transaction) => {
      const known = new Map((await readModels(transaction)).map((model) => [model.name, model]));
      await checkVendor(transaction, change);
      const models = [...new Set(names)].map((name) => changedModel(name, known.get(name), change, this.#clock));
      return { steps: models.flatMap((model) => modelSteps(known.get(model.name), model)), result: models };
    });
  }

  /** @throws ModelEntryNotFoundError */
  remove(author: ChangeAuthor, name: string): Promise<void> {
    return this.#editor.edit(author, async (transaction) => {
      const { id } = await knownModel(transaction, name);
      return { steps: [removal('model', name, (writer) => deleteModel(writer, id))], result: undefined };
    });
  }

  /** @throws VendorExistsError */
  createVendor(author: ChangeAuthor, name: string, change: VendorChange): Promise<Vendor> {
    return this.#editor.edit(author, async (transaction) => {
      const vendors = await readVendors(transaction);
      if (vendors.some((vendor) => vendor.name === name)) throw new VendorExistsError(name);
      const vendor = changedVendor(name, undefined, change, this.#clock);
      return { steps: vendorSteps(undefined, vendor), result: vendor };
    });
  }

  /** @throws VendorNotFoundError */
  changeVendor(author: ChangeAuthor, name: string, change: VendorChange): Promise<Vendor> {
    return this.#editor.edit(author, async (transaction) => {
      const known = await knownVendor(transaction, name);
      const vendor = changedVendor(name, known, change, this.#clock);
      return { steps: vendorSteps(known, vendor), result: vendor };
    });
  }

  /** @throws VendorNotFoundError, VendorInUseError */
  removeVendor(author: ChangeAuthor, name: string): Promise<void> {
    return this.#editor.edit(author, async (transaction) => {
      const { id } = await knownVendor(transaction, name);
      const models = (await readModels(transaction)).filter(({ vendor }) => vendor === name);
      if (models.length > 0)
        throw new VendorInUseError(
          name,
          models.map((model) => model.name),
        );
      return { steps: [removal('vendor', name, (writer) => deleteVendor(writer, id))], result: undefined };
    });
  }
}

function removal(kind: 'model' | 'vendor', name: string, run: PlannedStep['run']): PlannedStep {
  return { change: { action: 'delete', kind, name, fields: [] }, run };
}

async function knownModel(transaction: Transaction, name: string): Promise<Model> {
  const known = (await readModels(transaction)).find((model) => model.name === name);
  if (known === undefined) throw new ModelEntryNotFoundError(name);
  return known;
}

async function knownVendor(transaction: Transaction, name: string): Promise<Vendor> {
  const known = (await readVendors(transaction)).find((vendor) => vendor.name === name);
  if (known === undefined) throw new VendorNotFoundError(name);
  return known;
}

async function checkVendor(transaction: Transaction, { vendor }: ModelChange): Promise<void> {
  if (vendor === undefined || vendor === null) return;
  const vendors = await readVendors(transaction);
  if (!vendors.some(({ name }) => name === vendor)) throw new UnknownVendorError(vendor);
}
