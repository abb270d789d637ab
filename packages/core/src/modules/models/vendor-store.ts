import type { Knex } from 'knex';
import type { Vendor } from './vendor.js';

interface VendorRow {
  readonly id: string;
  readonly name: string;
  readonly icon: string | null;
  readonly description: string | null;
  readonly created_at: number | bigint;
}

export async function readVendors(knex: Knex): Promise<readonly Vendor[]> {
  const rows: readonly VendorRow[] = await knex<VendorRow>('vendors')
    .select('id', 'name', 'icon', 'description', 'created_at')
    .orderBy('name');
  return rows.map(rowToVendor);
}

export async function insertVendor(transaction: Knex.Transaction, vendor: Vendor): Promise<void> {
  await transaction<VendorRow>('vendors').insert(vendorToRow(vendor));
}

export async function updateVendor(transaction: Knex.Transaction, vendor: Vendor): Promise<void> {
  const { icon, description } = vendorToRow(vendor);
  await transaction<VendorRow>('vendors').where('id', vendor.id).update({ icon, description });
}

/** The foreign key of models refuses it for a vendor that has some. */
export async function deleteVendor(transaction: Knex.Transaction, id: string): Promise<void> {
  await transaction<VendorRow>('vendors').where('id', id).delete();
}

function rowToVendor(row: VendorRow): Vendor {
  return {
    id: row.id,
    name: row.name,
    createdAt: Number(row.created_at),
    ...(row.icon === null ? {} : { icon: row.icon }),
    ...(row.description === null ? {} : { description: row.description }),
  };
}

function vendorToRow({ id, name, icon, description, createdAt }: Vendor): VendorRow {
  return { id, name, icon: icon ?? null, description: description ?? null, created_at: createdAt };
}
