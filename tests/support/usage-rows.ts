import { z } from 'zod';
import type { ExpectedUsage } from '../replay/expectations.js';
import { eventually } from './eventually.js';

const count = z.number().default(0);

/** `GET /api/usage`, as far as these tests read it. Amounts are points as text. */
const usageAnswer = z.object({
  next: z.string().nullish(),
  items: z.array(
    z.object({
      requestId: z.string(),
      model: z.string(),
      outcome: z.string(),
      ending: z.string(),
      policy: z.string(),
      fallback: z.string().optional(),
      suspicious: z.boolean(),
      losses: z.array(z.object({ side: z.string(), field: z.string(), how: z.string() })).optional(),
      estimated: z.boolean(),
      cost: z.string(),
      uncollected: z.string(),
      held: z.string(),
      usage: z.object({
        inputText: count,
        inputCacheRead: count,
        inputCacheWrite5m: count,
        inputCacheWrite1h: count,
        inputAudio: count,
        inputImage: count,
        inputServerTool: count,
        outputText: count,
        outputReasoning: count,
        outputAudio: count,
        outputImage: count,
        webSearches: z.number().optional(),
        webFetches: z.number().optional(),
        searchUnits: z.number().optional(),
      }),
    }),
  ),
});

type Item = z.output<typeof usageAnswer>['items'][number];

export interface UsageRow extends Omit<Item, 'usage'> {
  /** Whole input and output, as a vendor's totals have them. */
  readonly usage: ExpectedUsage;
  readonly webSearches: number | undefined;
  readonly webFetches: number | undefined;
  readonly searchUnits: number | undefined;
}

interface Place {
  readonly url: string;
}

/** The receipts of a token, newest first, as soon as there are as many as expected: settling does not keep callers waiting. */
export async function usageRowsOf(gateway: Place, key: string, rowsMin: number): Promise<readonly UsageRow[]> {
  let rows: readonly UsageRow[] = [];
  await eventually(`${rowsMin} receipts`, async () => {
    rows = await readRows(gateway, key);
    return rows.length >= rowsMin;
  });
  return rows;
}

/** All receipts of a token, page by page. */
export async function allUsageRowsOf(gateway: Place, key: string): Promise<readonly UsageRow[]> {
  const rows: UsageRow[] = [];
  for (let page = await readPage(gateway, key); ; page = await readPage(gateway, key, page.next)) {
    rows.push(...page.rows);
    if (page.next === undefined) return rows;
  }
}

async function readRows(gateway: Place, key: string): Promise<readonly UsageRow[]> {
  return (await readPage(gateway, key)).rows;
}

async function readPage(
  gateway: Place,
  key: string,
  cursor?: string,
): Promise<{ readonly rows: readonly UsageRow[]; readonly next: string | undefined }> {
  const query = new URLSearchParams({ limit: '100', ...(cursor === undefined ? {} : { cursor }) });
  const { items, next } = usageAnswer.parse(await getJson(gateway, `/api/usage?${query}`, key));
  return {
    rows: items.map((item) => ({
      ...item,
      usage: totalsOf(item.usage),
      webSearches: item.usage.webSearches,
      webFetches: item.usage.webFetches,
      searchUnits: item.usage.searchUnits,
    })),
    next: next ?? undefined,
  };
}

function totalsOf(usage: Item['usage']): ExpectedUsage {
  const input = usage.inputText + usage.inputCacheRead + usage.inputCacheWrite5m + usage.inputCacheWrite1h;
  return {
    input: input + usage.inputAudio + usage.inputImage + usage.inputServerTool,
    cacheRead: usage.inputCacheRead,
    output: usage.outputText + usage.outputReasoning + usage.outputAudio + usage.outputImage,
  };
}

export interface Account {
  readonly balance: string;
  readonly held: string;
}

/** `GET /api/account`: amounts are points as text. */
export async function accountOf(gateway: Place, key: string): Promise<Account> {
  return z.object({ balance: z.string(), held: z.string() }).parse(await getJson(gateway, '/api/account', key));
}

async function getJson(gateway: Place, path: string, key: string): Promise<unknown> {
  const response = await fetch(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
  if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
