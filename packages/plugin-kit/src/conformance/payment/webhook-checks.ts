import type { PaymentAdapter, PaymentEvent } from '../../payment.js';
import { type Check, checksOf } from '../check.js';
import type { PaymentRecording, RecordedWebhook } from '../fixtures/payment-recordings.js';
import { insist } from '../insist.js';
import { eventsAsText, readWebhook, webhookOf } from './trial-io.js';

/** What genuine webhooks are read as: always the same, in whatever order and however often they come. */
export function webhookChecks(subject: string, payment: PaymentAdapter, recording: PaymentRecording): readonly Check[] {
  const read = (webhook: RecordedWebhook): Promise<readonly PaymentEvent[]> =>
    readWebhook(payment, recording, webhookOf(webhook), webhook.receivedAt);
  const { webhooks } = recording;
  return [
    ...webhooks.flatMap((webhook) =>
      checksOf(subject, 'silver', {
        [`reads "${webhook.name}" as what it says`]: async () => {
          const events = await read(webhook);
          insist(
            eventsAsText(events) === eventsAsText(webhook.expected),
            `It was read as ${eventsAsText(events)}, not as ${eventsAsText(webhook.expected)}.`,
          );
          for (const event of events) insistWellFormed(event, payment);
        },
        [`reads "${webhook.name}" alike however often it comes`]: async () => {
          const texts = [await read(webhook), await read(webhook), await read(webhook)].map(eventsAsText);
          insist(new Set(texts).size === 1, `The same delivery was read as ${[...new Set(texts)].join(' and ')}.`);
        },
      }),
    ),
    ...checksOf(subject, 'silver', {
      'reads webhooks alike in whatever order they come': async () => {
        const forwards = await inOrder(webhooks, read);
        const backwards = (await inOrder([...webhooks].reverse(), read)).reverse();
        insist(forwards.join() === backwards.join(), 'What a webhook says depends on those that came before it.');
      },
      'gives every event a name of its own': () => {
        const names = webhooks.flatMap(({ expected }) => expected.map(({ eventId }) => eventId));
        insist(
          new Set(names).size === names.length,
          `Two events are called alike, so that one of them would be lost: ${names.join(', ')}.`,
        );
      },
    }),
  ];
}

async function inOrder(
  webhooks: readonly RecordedWebhook[],
  read: (webhook: RecordedWebhook) => Promise<readonly PaymentEvent[]>,
): Promise<string[]> {
  const texts: string[] = [];
  for (const webhook of webhooks) texts.push(eventsAsText(await read(webhook)));
  return texts;
}

/** 10^12 ms are in 2001: a smaller number is one of seconds. */
const atMin = 1e12;

function insistWellFormed(event: PaymentEvent, { currencies }: PaymentAdapter): void {
  const { eventId, orderId, reference, at } = event;
  insist(eventId !== '' && orderId !== '' && reference !== '', 'eventId, orderId and reference must be texts.');
  insist(Number.isSafeInteger(at) && at >= atMin, `at is ${at}: milliseconds since 1970.`);
  if (!('amount' in event)) return;
  insist(
    typeof event.amount.minor === 'bigint' && event.amount.minor > 0n,
    `The amount is ${String(event.amount.minor)}: a bigint above zero.`,
  );
  insist(currencies.includes(event.amount.currency), `The currency ${event.amount.currency} is none of ${currencies.join(', ')}.`);
}
