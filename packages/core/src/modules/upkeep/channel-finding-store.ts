import type { Knex } from 'knex';
import { lockChannel } from '../channels/index.js';

/** What is asked of upstreams beside calls. */
export type FindingKind = 'test' | 'models';

export interface ChannelFinding {
  readonly channelId: string;
  readonly kind: FindingKind;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Anything that JSON carries. */
  readonly finding: unknown;
  /** What lists of channels are sorted by: of a test that went well its milliseconds. */
  readonly figure?: number | undefined;
}

interface FindingRow {
  readonly channel_id: string;
  readonly kind: string;
  readonly at: number | bigint;
  readonly finding: string;
  readonly figure: number | bigint | null;
}

/** Rows of one statement: databases bound the parameters of a statement. */
const idsAtOnce = 500;

/** The newest of each kind, of these channels. @throws StorageUnavailableError */
export async function readFindings(knex: Knex, channelIds: readonly string[]): Promise<readonly ChannelFinding[]> {
  const found: ChannelFinding[] = [];
  for (let start = 0; start < channelIds.length; start += idsAtOnce) {
    const rows = await knex<FindingRow>('channel_findings')
      .whereIn('channel_id', channelIds.slice(start, start + idsAtOnce))
      .select();
    found.push(...rows.map(rowToFinding));
  }
  return found;
}

/** Of every channel. @throws StorageUnavailableError */
export async function readFindingsOfKind(knex: Knex, kind: FindingKind): Promise<readonly ChannelFinding[]> {
  return (await knex<FindingRow>('channel_findings').where({ kind }).select()).map(rowToFinding);
}

/** Takes the place of the one before. A channel that is gone meanwhile has none. */
export async function writeFinding(transaction: Knex.Transaction, { channelId, kind, at, finding, figure }: ChannelFinding): Promise<void> {
  if (!(await lockChannel(transaction, channelId))) return;
  await transaction<FindingRow>('channel_findings')
    .insert({ channel_id: channelId, kind, at, finding: JSON.stringify(finding), figure: figure ?? null })
    .onConflict(['channel_id', 'kind'])
    .merge();
}

function rowToFinding({ channel_id, kind, at, finding }: FindingRow): ChannelFinding {
  return { channelId: channel_id, kind: kind as FindingKind, at: Number(at), finding: JSON.parse(finding) as unknown };
}
