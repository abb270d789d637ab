import { createHmac } from 'node:crypto';
import type { Clock } from '../../foundation/clock.js';
import { newId } from '../../foundation/ids.js';
import type { Logger } from '../../foundation/logger.js';
import { SafeFetch } from '../../foundation/safe-fetch.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { JobHandler } from '../../storage/job-runner.js';
import { JobQueue } from '../../storage/jobs.js';
import type { HealthChange } from '../health/index.js';
import type { SettingsValues } from '../settings/index.js';
import { type HealthNotice, noticeOfChange, noticeOfEnd, noticeOfOutage, textOfTime } from './health-notice.js';
import type { notificationSettings } from './notification-settings.js';
import type { Outage } from './outage.js';

export interface HealthNoticesParts {
  readonly database: Database;
  readonly settings: () => SettingsValues<typeof notificationSettings>;
  /** Undefined where the channel is not known. */
  readonly channelNameOf: (id: string) => string | undefined;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}

type ToldChannel = HealthNotice['channel'];

const kind = 'tell-health';
const timeoutMs = 10_000;
const responseBytesMax = 64 * 1024;
/** What nobody took in so long is no news any more. */
const toldWithinMs = 86_400_000;

/** Tells a webhook of channels that go down and come back. Each notice is queued in the database: it is told once in the cluster, and outlives a restart. */
export class HealthNotices {
  readonly #parts: HealthNoticesParts;
  readonly #queue: JobQueue;
  readonly #public = new SafeFetch({ responseBytesMax });
  readonly #anywhere = new SafeFetch({ responseBytesMax, allowPrivate: true });

  constructor(parts: HealthNoticesParts) {
    this.#parts = parts;
    this.#queue = new JobQueue(parts.database);
  }

  /** Queues the change if somebody wants to know of it. A database that is away loses it: the channel's page says how it stands. */
  note(change: HealthChange): void {
    const { database, settings, channelNameOf, log } = this.#parts;
    const { webhookUrl, tell } = settings();
    if (webhookUrl === '' || (tell === 'lasting' && !isLasting(change))) return;
    const { channelId } = change;
    const payload = noticeOfChange(this.#told({ id: channelId, name: channelNameOf(channelId) ?? channelId }), change);
    database
      .write((transaction) => this.#queue.enqueue(transaction, { kind, payload }))
      .catch((error: unknown) => log.warn({ err: error }, 'A notice could not be queued'));
  }

  /** Tried again, later and later, until the webhook takes it. */
  job(): JobHandler {
    return { kind, run: (payload, signal) => this.#tell(payload as HealthNotice, signal) };
  }

  async close(): Promise<void> {
    await Promise.all([this.#public.close(), this.#anywhere.close()]);
  }

  /** In the transaction that has found it out. */
  async queueDown(transaction: Transaction, channel: ToldChannel, outage: Outage): Promise<void> {
    await this.#queue.enqueue(transaction, { kind, payload: noticeOfOutage(this.#told(channel), outage) });
  }

  /** In the transaction that has found it out. @param since when it went down */
  async queueUp(transaction: Transaction, channel: ToldChannel, since: number): Promise<void> {
    await this.#queue.enqueue(transaction, { kind, payload: noticeOfEnd(this.#told(channel), since) });
  }

  #told({ id, name }: ToldChannel): Pick<HealthNotice, 'id' | 'at' | 'channel'> {
    return { id: newId(), at: textOfTime(this.#parts.clock.now()), channel: { id, name } };
  }

  /** @throws unless the webhook says that it has it. */
  async #tell(notice: HealthNotice, signal: AbortSignal): Promise<void> {
    const { settings, clock, log } = this.#parts;
    const { webhookUrl, webhookSecret, allowPrivate } = settings();
    if (webhookUrl === '') return;
    if (clock.now() - Date.parse(notice.at) > toldWithinMs) {
      log.warn({ notice }, 'The webhook did not take a notice in time; it is not told any more');
      return;
    }
    const body = JSON.stringify(notice);
    const signature = webhookSecret === '' ? {} : { 'x-tollgate-signature': `sha256=${hmacOf(body, webhookSecret)}` };
    const headers = { 'content-type': 'application/json', ...signature };
    const fetch = allowPrivate ? this.#anywhere : this.#public;
    const { status } = await fetch.fetch({ method: 'POST', url: webhookUrl, headers, body }, { timeoutMs, signal });
    if (status >= 300) throw new Error(`The webhook of notifications answered ${status}.`);
  }
}

/** What cools down comes back by itself, many times a day; a channel that does not is told as down. */
function isLasting({ from, to }: HealthChange): boolean {
  return from === 'disabled' || to === 'disabled';
}

function hmacOf(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}
