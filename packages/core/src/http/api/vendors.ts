import { z } from 'zod';
import { nameSchema } from '../../foundation/name-schema.js';
import { type ModelDesk, type Vendor, vendorChangeSchema } from '../../modules/models/index.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';

export interface VendorDoors {
  readonly desk: ModelDesk;
  vendors(): Promise<readonly Vendor[]>;
}

const params = z.strictObject({ name: z.string().min(1).max(255) });

const vendor = z
  .object({ name: z.string(), icon: z.string().optional(), description: z.string().optional(), createdAt: z.iso.datetime() })
  .meta({ id: 'Vendor' });

/** Who makes models. */
export function vendorEndpoints({ desk, vendors }: VendorDoors): readonly Endpoint[] {
  return [
    defineEndpoint({
      method: 'GET',
      path: '/api/vendors',
      title: 'Every vendor of models, by name',
      permission: 'pricing.read',
      response: z.object({ items: z.array(vendor).readonly() }),
      handle: async () => ({ items: (await vendors()).map(presentVendor) }),
    }),
    defineEndpoint({
      method: 'POST',
      path: '/api/vendors',
      title: 'A new vendor',
      permission: 'pricing.write',
      body: vendorChangeSchema.extend({ name: nameSchema }),
      response: vendor,
      status: 201,
      handle: async ({ author, body: { name, ...stated } }) => presentVendor(await desk.createVendor(author, name, stated)),
    }),
    defineEndpoint({
      method: 'PATCH',
      path: '/api/vendors/:name',
      title: 'Change the fields that are named; null takes one away',
      permission: 'pricing.write',
      params,
      body: vendorChangeSchema,
      response: vendor,
      handle: async ({ author, params: { name }, body }) => presentVendor(await desk.changeVendor(author, name, body)),
    }),
    defineEndpoint({
      method: 'DELETE',
      path: '/api/vendors/:name',
      title: 'Remove a vendor that makes none of the models',
      permission: 'pricing.write',
      params,
      response: z.object({ name: z.string() }),
      handle: async ({ author, params: { name } }) => {
        await desk.removeVendor(author, name);
        return { name };
      },
    }),
  ];
}

function presentVendor({ id: _id, createdAt, ...facts }: Vendor): z.input<typeof vendor> {
  return { ...facts, createdAt: new Date(createdAt).toISOString() };
}
