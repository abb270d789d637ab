import { type PriceHint, type PriceList, toolFees } from '../../price.js';
import { usageBuckets } from '../../usage.js';
import { insist } from '../insist.js';

/** The dearest that any vendor asks is far below; a price above was given in another unit. */
const dollarsPerMillionMax = 10_000;
const dollarsPerUnitMax = 1_000;

/** Insists that a price list says who, when and where, names nothing twice and asks what somebody may really ask. */
export function checkPriceList(list: PriceList): void {
  insist(list.vendor !== '', 'A price list must say whose prices it has.');
  insist(
    list.hosts === undefined || list.hosts.every((host) => /^[a-z0-9.-]+$/.test(host)),
    `${list.vendor}: hosts are names in lower case.`,
  );
  const names = list.models.flatMap(({ model, alsoNamed }) => [model, ...(alsoNamed ?? [])]);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  insist(twice === undefined, `${list.vendor}: ${twice} is priced twice.`);
  for (const hint of list.models) checkHint(hint, list);
}

function checkHint(hint: PriceHint, list: PriceList): void {
  const { model, asOf = list.asOf, source = list.source } = hint;
  insist(model !== '', `${list.vendor}: a price is of no model.`);
  insist(
    /^\d{4}-\d{2}-\d{2}$/.test(asOf) && !Number.isNaN(Date.parse(asOf)),
    `${model} is priced as of "${asOf}", no date like 2026-11-01.`,
  );
  insist(URL.canParse(source) && new URL(source).protocol === 'https:', `${model} has its price from "${source}", no web page.`);
  const { dollarsPerMillion, dollarsPerCall, dollarsPerSearch, dollarsPerImage, dollarsPerSecond } = hint;
  const kinds = [dollarsPerMillion, dollarsPerCall, dollarsPerSearch, dollarsPerImage, dollarsPerSecond].filter(
    (kind) => kind !== undefined,
  );
  insist(kinds.length === 1, `${model} needs a price by tokens, call, search, image or second: one of them.`);
  checkTokens(hint);
  for (const dollars of [
    dollarsPerCall ?? 0,
    dollarsPerSearch ?? 0,
    ...(dollarsPerImage ?? []).map((entry) => entry.dollars),
    ...(dollarsPerSecond ?? []).map((entry) => entry.dollars),
    ...Object.values(hint.dollarsPerThousandUses ?? {}),
  ])
    insist(dollars >= 0 && dollars <= dollarsPerUnitMax, `${model} has the price ${dollars}.`);
  for (const tool of Object.keys(hint.dollarsPerThousandUses ?? {}))
    insist((toolFees as readonly string[]).includes(tool), `${model} has a fee for "${tool}", which is no known tool.`);
}

function checkTokens({ model, dollarsPerMillion, longContext = [], hours = [] }: PriceHint): void {
  insist(dollarsPerMillion !== undefined || longContext.length + hours.length === 0, `${model} has exceptions to no price.`);
  for (const prices of [
    dollarsPerMillion ?? {},
    ...longContext.map((tier) => tier.dollarsPerMillion),
    ...hours.map((at) => at.dollarsPerMillion),
  ]) {
    for (const [bucket, price] of Object.entries(prices)) {
      insist((usageBuckets as readonly string[]).includes(bucket), `${model} has a price for "${bucket}", which is no bucket.`);
      insist(price >= 0 && price <= dollarsPerMillionMax, `${model} has ${bucket}: ${price}.`);
    }
    insist((prices.inputCacheRead ?? 0) <= (prices.inputText ?? 0), `${model}: input from the cache is dearer than input.`);
  }
  insist(
    longContext.every(({ inputTokensAbove }, index) => inputTokensAbove > (longContext[index - 1]?.inputTokensAbove ?? 0)),
    `${model}: longContext must rise.`,
  );
  for (const { from, until } of hours) {
    const times = [from, until].every((time) => /^([01]\d|2[0-3]):[0-5]\d$/.test(time));
    insist(times && from !== until, `${model} has hours from ${from} until ${until}, which are not like 01:00.`);
  }
}
