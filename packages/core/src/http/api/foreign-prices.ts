import type { PublicModel, PublicPriceList } from '../../modules/price-list/index.js';
import { fieldsOfPrice } from '../../modules/price-sync/index.js';
import type { ModelPrice } from '../../modules/pricing/index.js';

const byRatio = 0;
const byCall = 1;

/**
 * The list as New API answers it at `/api/pricing` and reads it from others: numbers, a ratio of 1 for 2 dollars per million tokens, rows by
 * ratio or by call. What that form cannot say, prices by the search, the image or the second, by length or by the hour, is left out: half of a
 * price would be taken for the whole.
 */
export function presentForeignPrices({ vendors, groups, autoOrder, models }: PublicPriceList) {
  const vendorIds = new Map(vendors.map(({ name }, index) => [name, index + 1]));
  return {
    success: true as const,
    data: models.flatMap((listed) => {
      const priced = foreignPrice(listed.model.price);
      return priced === undefined ? [] : [{ ...foreignFacts(listed, vendorIds), ...priced }];
    }),
    vendors: vendors.map(({ name, icon, description }, index) => ({ id: index + 1, name, icon, description })),
    group_ratio: Object.fromEntries(groups.map(({ name, ratio }) => [name, Number(ratio)])),
    usable_group: Object.fromEntries(groups.map(({ name, description = '' }) => [name, description])),
    supported_endpoint: {},
    auto_groups: autoOrder,
  };
}

function foreignFacts({ model, groups }: PublicModel, vendorIds: ReadonlyMap<string, number>) {
  const { name, description, icon, tags, vendor, endpoints = [] } = model;
  const vendorId = vendor === undefined ? undefined : vendorIds.get(vendor);
  return {
    model_name: name,
    ...(description === undefined ? {} : { description }),
    ...(icon === undefined ? {} : { icon }),
    ...(tags === undefined ? {} : { tags: tags.join(',') }),
    ...(vendorId === undefined ? {} : { vendor_id: vendorId }),
    owner_by: vendor ?? '',
    enable_groups: groups,
    supported_endpoint_types: endpoints,
  };
}

/** Undefined where the form cannot say it. */
function foreignPrice(price: ModelPrice | undefined) {
  if (price === undefined || price.windows !== undefined) return undefined;
  if (price.by === 'call') return { quota_type: byCall, model_price: Number(price.pricePerCall), model_ratio: 0, completion_ratio: 0 };
  if (price.by !== 'tokens' || price.tiers !== undefined) return undefined;
  const { modelRatio, completionRatio, cacheRatio, cacheWriteRatio, imageRatio, audioRatio, audioCompletionRatio } = fieldsOfPrice(price);
  const stated = {
    model_ratio: modelRatio,
    completion_ratio: completionRatio,
    cache_ratio: cacheRatio,
    create_cache_ratio: cacheWriteRatio,
    image_ratio: imageRatio,
    audio_ratio: audioRatio,
    audio_completion_ratio: audioCompletionRatio,
  };
  const ratios = Object.entries(stated).flatMap(([name, ratio]) => (ratio === undefined ? [] : [[name, Number(ratio)] as const]));
  return { quota_type: byRatio, model_price: 0, ...(Object.fromEntries(ratios) as Partial<Record<keyof typeof stated, number>>) };
}
