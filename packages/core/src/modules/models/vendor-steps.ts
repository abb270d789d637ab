import { type Facts, type PlannedStep, stepsFor } from '../changes/index.js';
import type { Vendor } from './vendor.js';
import { insertVendor, updateVendor } from './vendor-store.js';

/** What has to happen so that there is this vendor. */
export function vendorSteps(known: Vendor | undefined, vendor: Vendor): readonly PlannedStep[] {
  const before = known && factsOf(known);
  return stepsFor({ kind: 'vendor', name: vendor.name, before, after: factsOf(vendor) }, (transaction) =>
    known === undefined ? insertVendor(transaction, vendor) : updateVendor(transaction, vendor),
  );
}

function factsOf({ icon, description }: Vendor): Facts {
  return { icon, description };
}
