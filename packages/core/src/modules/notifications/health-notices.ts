import { createHmac } from 'node:crypto';
import type { Clock } from '../../foundation/clock.js';
import { newId } from '../../foundation/ids.js';
import type { Logger } from '../../foundation/logger.js';
import { SafeFetch } from '../../foundation/safe-fetch.js';
import type { Database } from '../../storage/database.js';
import type { JobHandler } from '../../storage/job-runner.js';
import { JobQueue } from '../../storage/jobs.js';
import type { HealthChange } from '../health/index.js';
import type { SettingsValues } from '../settings/index.js';
import type { notificationSettings } from './notification-settings.js';

/** What a webhook is told: JSON, times in ISO 8601. Names and ids only, never a key. */
export interface HealthNotice {
  /** The same where it is told again, since nobody knows whether it arrived. */
  readonly id: string;
  readonly event: 'channel.down' | 'channel.up';
  readonly at: string;
  readonly channel: { readonly id: string; readonly name: string };
  /** Absent where the whole channel or a key is meant. */
  readonly model?: string;
  /** That of the channel where its one key is in its configuration; absent where the whole channel or a model is meant. */
  readonly keyId?: string;
  /** `open`: it is tried again after a while. `disabled`: somebody, a test or the time set has to enable it. */
  readonly state: HealthChange['to'];
  readonly reason?: string;
  /** Until when, where that is known. */
  readonly until?: string;
  /** Public code of the last failure. */
  readonly code?: string;
  /** The same in words. */
  readonly text: string;
}

export interface HealthNoticesParts {
  readonly database: Database;
  readonly settings: () => SettingsValues<typeof notificationSettings>;
  /** Undefined where the channel is not known. */
  readonly channelNameOf: (id: string) => string | undefined;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}

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
    const { database, settings, log } = this.#parts;
    const { webhookUrl, tell } = settings();
    if (webhookUrl === '' || (tell === 'lasting' && !isLasting(change))) return;
    const payload = this.#noticeOf(change);
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

  #noticeOf({ channelId, keyId, model, to, reason, until, lastCode }: HealthChange): HealthNotice {
    const { clock, channelNameOf } = this.#parts;
    const name = channelNameOf(channelId) ?? channelId;
    const part = { ...(model === undefined ? {} : { model }), ...(keyId === undefined ? {} : { keyId }) };
    const why = { ...(reason === undefined ? {} : { reason }), ...(lastCode === undefined ? {} : { code: lastCode }) };
    const time = until === undefined ? {} : { until: new Date(until).toISOString() };
    const notice = { channel: { id: channelId, name }, ...part, state: to, ...why, ...time };
    const event = to === 'closed' ? 'channel.up' : 'channel.down';
    return { id: newId(), event, at: new Date(clock.now()).toISOString(), ...notice, text: textOf(notice) };
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

/** Keys and models that cool down come back by themselves, many times a day. */
function isLasting({ from, to, keyId, model }: HealthChange): boolean {
  return from === 'disabled' || to === 'disabled' || (keyId === undefined && model === undefined);
}

function hmacOf(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

const stateWords: Readonly<Record<HealthChange['to'], string>> = {
  closed: 'is back',
  open: 'cools down',
  disabled: 'is disabled',
};

function textOf({ channel, model, keyId, state, reason, until, code }: Omit<HealthNotice, 'id' | 'event' | 'at' | 'text'>): string {
  const ofModel = model === undefined ? '' : `Model "${model}" of `;
  // The key in the configuration stands in no list, and goes by the channel's id.
  const ofKey = keyId === undefined ? '' : keyId === channel.id ? 'The key of ' : `Key ${keyId} of `;
  const what = `${ofModel}${ofKey}${ofModel + ofKey === '' ? 'C' : 'c'}hannel "${channel.name}" ${stateWords[state]}`;
  const why = [reason, code].filter((word) => word !== undefined).join(', ');
  return `${what}${until === undefined ? '' : ` until ${until}`}${why === '' ? '' : ` (${why})`}.`;
}
