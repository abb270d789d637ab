import type { PaymentAdapter, PaymentEvent, PaymentIo, Webhook } from '../../payment.js';
import type { WireRequest } from '../../provider.js';
import type { PaymentRecording, RecordedWebhook } from '../fixtures/payment-recordings.js';
import { sampleConfig } from '../provider/config-samples.js';
import { deepFreeze } from '../run-purely.js';

/** A network that answers as was recorded, and keeps what it was asked. */
export interface TrialIo extends PaymentIo {
  readonly requests: readonly WireRequest[];
}

export function trialIo(now: number, recording?: PaymentRecording): TrialIo {
  const requests: WireRequest[] = [];
  const kept = new Map<string, string>();
  const log = { info: () => undefined, warn: () => undefined };
  return {
    requests,
    now: () => now,
    fetch(request) {
      requests.push(request);
      const name = `${request.method} ${new URL(request.url).pathname}`;
      const exchange = recording?.exchanges.find((known) => known.request === name);
      if (exchange === undefined)
        return Promise.reject(new Error(`There is no network while a plugin is checked, and no recorded "${name}".`));
      const text = typeof exchange.body === 'string' ? exchange.body : JSON.stringify(exchange.body);
      return Promise.resolve({
        status: exchange.status,
        headers: new Map<string, string>(),
        text: () => Promise.resolve(text),
        json: () => Promise.resolve(JSON.parse(text) as unknown),
      });
    },
    cache: { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) },
    signal: new AbortController().signal,
    log,
  };
}

/** The recorded configuration, or one that fits the schema. */
export function configOf(payment: PaymentAdapter, recording?: PaymentRecording): Readonly<Record<string, unknown>> {
  return deepFreeze(sampleConfig(payment, recording?.config));
}

export function webhookOf({ method, query, headers, body }: RecordedWebhook): Webhook {
  return { method, query: new URLSearchParams(query), headers: new Map(Object.entries(headers)), body: Buffer.from(body) };
}

/** What the adapter makes of a webhook that comes at the recorded time. @throws whatever it throws */
export function readWebhook(
  payment: PaymentAdapter,
  recording: PaymentRecording | undefined,
  webhook: Webhook,
  receivedAt: number,
): Promise<readonly PaymentEvent[]> {
  return payment.readWebhook(webhook, configOf(payment, recording), trialIo(receivedAt, recording));
}

/** Events as texts, amounts included, in order to compare and show them. */
export function eventsAsText(events: readonly PaymentEvent[]): string {
  return JSON.stringify(events.map(sortedFields));
}

function sortedFields(event: PaymentEvent): unknown {
  const plain = JSON.parse(
    JSON.stringify(event, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  ) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(plain).sort(([left], [right]) => (left < right ? -1 : 1)));
}
