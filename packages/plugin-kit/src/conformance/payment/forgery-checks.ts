import { secretFields } from '../../config-schema.js';
import { WebhookRejectedError } from '../../errors.js';
import type { PaymentAdapter } from '../../payment.js';
import { type Check, checksOf } from '../check.js';
import type { PaymentRecording, RecordedWebhook } from '../fixtures/payment-recordings.js';
import { insist } from '../insist.js';
import { eventsAsText, readWebhook, webhookOf } from './trial-io.js';

/** One change to a genuine webhook, with what it is called in a message. */
interface Forgery {
  readonly what: string;
  readonly webhook: RecordedWebhook;
}

/**
 * A genuine webhook with something changed: it is rejected, or says the very same, where nothing that counts was touched.
 * Nobody may turn it into another payment.
 */
export function forgeryChecks(
  subject: string,
  payment: PaymentAdapter,
  recording: PaymentRecording,
  webhook: RecordedWebhook,
): readonly Check[] {
  const harmless = (forgeries: readonly Forgery[]) => async (): Promise<void> => {
    for (const forgery of forgeries) await insistHarmless(payment, recording, webhook, forgery);
  };
  return checksOf(subject, 'silver', {
    [`believes "${webhook.name}" no other amount`]: harmless(otherAmounts(webhook)),
    [`believes "${webhook.name}" no other order`]: harmless(otherOrders(webhook, recording)),
    [`believes "${webhook.name}" with no byte changed`]: harmless(changedBytes(webhook)),
    [`rejects "${webhook.name}" without its signature`]: async () => {
      const bare = { ...webhook, headers: {}, query: webhook.body === '' ? webhook.query : '' };
      const unsigned = webhook.body === '' ? withoutEachField(webhook) : [bare];
      const outcomes = await Promise.all(unsigned.map((each) => outcomeOf(payment, recording, each)));
      insist(outcomes.includes('rejected'), 'It is believed without any header and whatever is left out.');
    },
    [`rejects "${webhook.name}" if it was signed with another key`]: async () => {
      const keys = secretFields(payment.config).filter((name) => recording.config[name] !== undefined);
      const outcomes = keys.map((name) =>
        outcomeOf(payment, { ...recording, config: { ...recording.config, [name]: 'another-key-0123456789' } }, webhook),
      );
      insist((await Promise.all(outcomes)).includes('rejected'), 'It is believed whatever the secrets of the configuration are.');
    },
  });
}

async function insistHarmless(
  payment: PaymentAdapter,
  recording: PaymentRecording,
  genuine: RecordedWebhook,
  forgery: Forgery,
): Promise<void> {
  const outcome = await outcomeOf(payment, recording, forgery.webhook);
  const expected = eventsAsText(genuine.expected);
  insist(outcome === 'rejected' || outcome === expected, `${forgery.what}: it was read as ${outcome}.`);
}

async function outcomeOf(payment: PaymentAdapter, recording: PaymentRecording, webhook: RecordedWebhook): Promise<string> {
  try {
    return eventsAsText(await readWebhook(payment, recording, webhookOf(webhook), webhook.receivedAt));
  } catch (error) {
    if (WebhookRejectedError.isInstance(error)) return 'rejected';
    throw new Error(`It has to be a WebhookRejectedError: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Every number in the webhook that may be the amount, one digit longer. */
function otherAmounts(webhook: RecordedWebhook): readonly Forgery[] {
  return inBothPlaces(webhook, (text) =>
    [...text.matchAll(/\d+/g)].map(({ 0: digits, index }) => `${text.slice(0, index)}9${digits}${text.slice(index + digits.length)}`),
  );
}

function otherOrders(webhook: RecordedWebhook, { order }: PaymentRecording): readonly Forgery[] {
  return inBothPlaces(webhook, (text) => (text.includes(order.id) ? [text.replaceAll(order.id, `${order.id}0`)] : []));
}

const bytesTriedMax = 400;

/** One character at a time, spread over the whole text where it is long. */
function changedBytes(webhook: RecordedWebhook): readonly Forgery[] {
  return inBothPlaces(webhook, (text) => {
    const step = Math.max(1, Math.floor(text.length / bytesTriedMax));
    const places = Array.from({ length: Math.ceil(text.length / step) }, (_, index) => index * step);
    return places.map((place) => `${text.slice(0, place)}${text[place] === '0' ? '1' : '0'}${text.slice(place + 1)}`);
  });
}

/** The webhook with its body changed, and with its query changed. */
function inBothPlaces(webhook: RecordedWebhook, change: (text: string) => readonly string[]): readonly Forgery[] {
  return [
    ...change(webhook.body).map((body) => ({ what: `body ${body}`, webhook: { ...webhook, body } })),
    ...change(webhook.query).map((query) => ({ what: `query ${query}`, webhook: { ...webhook, query } })),
  ];
}

/** Webhooks by address: each field left out in turn, the signature among them. */
function withoutEachField(webhook: RecordedWebhook): readonly RecordedWebhook[] {
  return [...new URLSearchParams(webhook.query).keys()].map((name) => {
    const query = new URLSearchParams(webhook.query);
    query.delete(name);
    return { ...webhook, query: query.toString() };
  });
}
