import type { Clock } from '../../foundation/clock.js';
import type { Database } from '../../storage/database.js';
import type { JobHandler } from '../../storage/job-runner.js';
import { type Channel, lockChannel } from '../channels/index.js';
import type { CircuitRecord } from '../health/index.js';
import type { SettingsValues } from '../settings/index.js';
import { readAnsweredCalls } from '../usage/index.js';
import type { HealthNotices } from './health-notices.js';
import type { notificationSettings } from './notification-settings.js';
import { type Outage, outageOf } from './outage.js';
import { beginOutage, endOutage, forgetOutages, goOnWithOutage, readOutages, type ToldOutage } from './outage-store.js';

export interface OutageWatchParts {
  readonly database: Database;
  readonly settings: () => SettingsValues<typeof notificationSettings>;
  /** Those that can be used now. */
  readonly channels: () => readonly Channel[];
  /** What is open or disabled now, of all channels. */
  readonly circuits: () => readonly CircuitRecord[];
  /** Channel → when it last answered, of those of these that have. @throws StorageUnavailableError */
  readonly lastServedOf: (channelIds: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  readonly notices: Pick<HealthNotices, 'queueDown' | 'queueUp'>;
  readonly clock: Clock;
}

const lookEveryMaxMs = 10_000;
const lookEveryMinMs = 500;

interface Suspect {
  readonly channel: Channel;
  readonly circuits: readonly CircuitRecord[];
}

/**
 * Finds channels of which nothing can be used, and has each told once, when it has lasted; and once more when it is over, and that has lasted
 * as long, so that one that comes and goes is told once. What was told is in the database: another node, or the next start, knows it.
 */
export class OutageWatch {
  readonly #parts: OutageWatchParts;

  constructor(parts: OutageWatchParts) {
    this.#parts = parts;
  }

  /** Once in the cluster. */
  job(): JobHandler {
    const everyMs = (): number => Math.min(lookEveryMaxMs, Math.max(lookEveryMinMs, this.#parts.settings().downAfterMs / 4));
    return { kind: 'watch-outages', everyMs, run: () => this.look() };
  }

  /** @throws StorageUnavailableError */
  async look(): Promise<void> {
    const { database, settings, channels, clock } = this.#parts;
    if (settings().webhookUrl === '') return;
    const told = await readOutages(database);
    const unwell = byChannel(this.#parts.circuits());
    const suspects = channels()
      .filter(({ id }) => unwell.has(id) || told.has(id))
      .map((channel) => ({ channel, circuits: unwell.get(channel.id) ?? [] }));
    const outages = await this.#outagesOf(suspects, clock.now());
    for (const { channel } of suspects) {
      const outage = outages.get(channel.id);
      const known = told.get(channel.id);
      if (known === undefined) await this.#tellDown(channel, outage);
      else await this.#tellUp(channel, outage, known);
    }
    const usable = new Set(suspects.map(({ channel }) => channel.id));
    const gone = [...told.keys()].filter((id) => !usable.has(id));
    if (gone.length > 0) await database.write((transaction) => forgetOutages(transaction, gone));
  }

  async #outagesOf(suspects: readonly Suspect[], now: number): Promise<ReadonlyMap<string, Outage>> {
    const { database, lastServedOf } = this.#parts;
    const withModels = suspects.filter(({ circuits }) => circuits.some(({ kind }) => kind === 'model')).map(({ channel }) => channel.id);
    const [lastServed, answered] = await Promise.all([lastServedOf(withModels), readAnsweredCalls(database.knex, withModels, now)]);
    const outages = new Map<string, Outage>();
    for (const { channel, circuits } of suspects) {
      const { id } = channel;
      const outage = outageOf(channel, circuits, { lastAt: lastServed.get(id), lately: answered.get(id) ?? new Map() }, now);
      if (outage !== undefined) outages.set(id, outage);
    }
    return outages;
  }

  async #tellDown(channel: Channel, outage: Outage | undefined): Promise<void> {
    const { database, settings, notices } = this.#parts;
    if (outage === undefined || outage.lastedMs < settings().downAfterMs) return;
    await database.write(async (transaction) => {
      if (!(await lockChannel(transaction, channel.id))) return;
      if (await beginOutage(transaction, channel.id, outage.since)) await notices.queueDown(transaction, channel, outage);
    });
  }

  async #tellUp(channel: Channel, outage: Outage | undefined, { since, isEnding }: ToldOutage): Promise<void> {
    const { database, settings, notices } = this.#parts;
    if (outage !== undefined && !isEnding) return;
    await database.write(async (transaction) => {
      if (outage !== undefined) await goOnWithOutage(transaction, channel.id);
      else if (await endOutage(transaction, database.kind, channel.id, settings().downAfterMs))
        await notices.queueUp(transaction, channel, since);
    });
  }
}

function byChannel(circuits: readonly CircuitRecord[]): ReadonlyMap<string, readonly CircuitRecord[]> {
  const found = new Map<string, CircuitRecord[]>();
  for (const circuit of circuits) {
    const known = found.get(circuit.channelId);
    if (known === undefined) found.set(circuit.channelId, [circuit]);
    else known.push(circuit);
  }
  return found;
}
