import { secretFields } from '../../config-schema.js';
import type { Checkout, PaymentAdapter } from '../../payment.js';
import { type Check, checksOf } from '../check.js';
import type { PaymentRecording } from '../fixtures/payment-recordings.js';
import { insist } from '../insist.js';
import { deepFreeze } from '../run-purely.js';
import { configOf, type TrialIo, trialIo } from './trial-io.js';

const now = 1_764_000_000_500;

/** What customers are shown, and what the vendor is asked for. */
export function checkoutChecks(subject: string, payment: PaymentAdapter, recording: PaymentRecording): readonly Check[] {
  const config = configOf(payment, recording);
  const order = deepFreeze(recording.order);
  const open = async (): Promise<{ readonly checkout: Checkout; readonly io: TrialIo }> => {
    const io = trialIo(now, recording);
    return { checkout: await payment.createCheckout(order, config, io), io };
  };
  return [
    ...checksOf(subject, 'silver', {
      'shows the customer where to pay': async () => {
        const { checkout } = await open();
        if (checkout.show === 'code') insist(checkout.content !== '', 'There is nothing to scan.');
        else
          insist(
            /^https?:$/.test(URL.canParse(checkout.url) ? new URL(checkout.url).protocol : ''),
            `"${checkout.url}" is no web address.`,
          );
        insist(checkout.expiresAt === undefined || checkout.expiresAt > now, `It has expired already: expiresAt is ${checkout.expiresAt}.`);
      },
      'asks alike for the same order': async () => {
        const [first, second] = [await open(), await open()];
        insist(
          JSON.stringify([first.checkout, first.io.requests]) === JSON.stringify([second.checkout, second.io.requests]),
          'The same order was asked for in another way, so that a second try would be a second payment.',
        );
      },
      'tells the vendor which order it is, and where its webhooks go': async () => {
        const { checkout, io } = await open();
        const told = JSON.stringify([checkout, io.requests.map(({ url, headers, body }) => [url, headers, textOf(body)])]);
        const readable = decoded(told);
        insist(readable.includes(order.id), `The order ${order.id} is neither in a request nor in what the customer takes there.`);
      },
      'shows the customer none of its secrets': async () => {
        const { checkout } = await open();
        for (const name of secretFields(payment.config)) {
          const value = config[name];
          insist(
            typeof value !== 'string' || !decoded(JSON.stringify(checkout)).includes(value),
            `The secret "${name}" is shown to the customer.`,
          );
        }
      },
      'fails where its vendor cannot be reached': async () => {
        const { io } = await open();
        if (io.requests.length === 0) return;
        const unreachable = trialIo(now);
        const outcome = await payment.createCheckout(order, config, unreachable).then(
          () => 'a checkout',
          () => 'failed',
        );
        insist(outcome === 'failed', 'It gives a checkout that the vendor knows nothing of.');
      },
    }),
    ...(payment.refund === undefined ? [] : refundChecks(subject, payment, recording)),
  ];
}

function refundChecks(subject: string, payment: PaymentAdapter, recording: PaymentRecording): readonly Check[] {
  return checksOf(subject, 'silver', {
    'pays back once, however often it is asked to': async () => {
      const key = 'refund-key-0123456789';
      const refund = async (): Promise<string> => {
        const io = trialIo(now, recording);
        await payment.refund?.('payment-1', recording.order.amount, key, configOf(payment, recording), io);
        return JSON.stringify(io.requests.map(({ url, headers, body }) => [url, headers, textOf(body)]));
      };
      const [first, second] = [await refund(), await refund()];
      insist(first === second, 'The same refund was asked for in another way.');
      insist(first.includes(key), 'The idempotency key does not reach the vendor: a second try would pay back twice.');
    },
  });
}

function textOf(body: Uint8Array | string | undefined): string {
  return body === undefined ? '' : typeof body === 'string' ? body : Buffer.from(body).toString();
}

/** Addresses and forms write their values in an encoding of their own. */
function decoded(text: string): string {
  const plain = text
    .replaceAll('+', ' ')
    .replaceAll(/%[0-9a-f]{2}/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
  return `${text}\n${plain}`;
}
