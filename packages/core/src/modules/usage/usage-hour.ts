import type { Usage } from '@tollgate/plugin-kit';
import type { UsageRecordRow } from './usage-record-row.js';

/** Whose and what hourly sums are about; written by one node only, so that nodes never wait for each other's. */
export const usageSeriesLabels = ['node_id', 'user_id', 'token_id', 'model', 'channel_id', 'group_name'] as const;

export const usageHourKeys = ['hour', ...usageSeriesLabels] as const;

const usageColumns = {
  inputText: 'input_text',
  inputCacheRead: 'input_cache_read',
  inputCacheWrite5m: 'input_cache_write_5m',
  inputCacheWrite1h: 'input_cache_write_1h',
  inputAudio: 'input_audio',
  inputImage: 'input_image',
  inputServerTool: 'input_server_tool',
  outputText: 'output_text',
  outputReasoning: 'output_reasoning',
  outputAudio: 'output_audio',
  outputImage: 'output_image',
  webSearches: 'web_searches',
  webFetches: 'web_fetches',
  fileSearches: 'file_searches',
  codeInterpreterSessions: 'code_interpreter_sessions',
  searchUnits: 'search_units',
  images: 'images',
  media: 'media_seconds',
} as const satisfies Readonly<Record<keyof Usage, string>>;

const counters = Object.keys(usageColumns) as readonly (keyof Usage)[];

/** What is summed up. Amounts are millipoints. */
export const usageHourSums: readonly string[] = ['calls', 'failures', ...Object.values(usageColumns), 'cost', 'uncollected'];

/** One row of the hourly roll-ups, or what is to be added to it. */
export interface UsageHourRow {
  /** Its key as one text, which is no other row's. */
  readonly name: string;
  /** In the order of {@link usageHourKeys}; what a call does not have is empty text. */
  readonly key: readonly (string | number)[];
  /** In the order of {@link usageHourSums}. */
  readonly sums: bigint[];
}

const hourMs = 3_600_000;

/** Upstreams claim what they like: what is above this is added as this, so that the sums of an hour always fit. */
const addedMax = 10n ** 15n;

/** The first millisecond of the hour of a moment. */
export function hourOf(moment: number): number {
  return moment - (moment % hourMs);
}

/** Sums receipts up, by hour and by whose, what and where they were. */
export class UsageHours {
  readonly #rows = new Map<string, UsageHourRow>();

  /** @param nodeId of the node that writes the row; empty where nodes are not told apart. */
  add(receipt: Omit<UsageRecordRow, 'mac'>, group: string, nodeId: string): void {
    const { user_id, token_id, model, channel_id } = receipt;
    const key = [hourOf(receipt.created_at), nodeId, user_id, token_id ?? '', model, channel_id ?? '', group];
    addReceipt(this.row(key), receipt);
  }

  /** The row of a key; zeros if there was none. */
  row(key: UsageHourRow['key']): UsageHourRow {
    const name = key.join('\0');
    const known = this.#rows.get(name);
    if (known !== undefined) return known;
    const row = { name, key, sums: usageHourSums.map(() => 0n) };
    this.#rows.set(name, row);
    return row;
  }

  rows(): readonly UsageHourRow[] {
    return [...this.#rows.values()];
  }
}

export function addSums(row: UsageHourRow, added: readonly bigint[]): void {
  for (const [index, amount] of added.entries()) addTo(row.sums, index, amount);
}

/** Adds one receipt. Most counters of most calls are zero, and big integers are dear. */
function addReceipt({ sums }: UsageHourRow, { outcome, usage: text, cost, uncollected }: Omit<UsageRecordRow, 'mac'>): void {
  const usage = JSON.parse(text) as Usage;
  addTo(sums, 0, 1n);
  if (outcome === 'failed' || outcome === 'lost') addTo(sums, 1, 1n);
  for (let index = 0; index < counters.length; index += 1) {
    const count = countOf(usage[counters[index] as keyof Usage]);
    if (count > 0) addTo(sums, index + 2, bounded(BigInt(Math.ceil(count))));
  }
  addTo(sums, counters.length + 2, cost);
  if (uncollected > 0n) addTo(sums, counters.length + 3, bounded(uncollected));
}

function addTo(sums: bigint[], index: number, amount: bigint): void {
  sums[index] = (sums[index] ?? 0n) + amount;
}

function countOf(used: Usage[keyof Usage]): number {
  if (used === undefined || typeof used === 'number') return used ?? 0;
  return 'seconds' in used ? used.seconds : used.reduce((sum, { count }) => sum + count, 0);
}

function bounded(amount: bigint): bigint {
  return amount < addedMax ? amount : addedMax;
}
