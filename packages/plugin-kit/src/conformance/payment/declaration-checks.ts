import { WebhookRejectedError } from '../../errors.js';
import type { PaymentAdapter, Webhook } from '../../payment.js';
import { type Check, checksOf } from '../check.js';
import type { PaymentRecording } from '../fixtures/payment-recordings.js';
import { insist } from '../insist.js';
import { eventsAsText, readWebhook } from './trial-io.js';

/** What can be seen without any recording. */
export function paymentDeclarationChecks(subject: string, payment: PaymentAdapter, recording?: PaymentRecording): readonly Check[] {
  return checksOf(subject, 'bronze', {
    'is declared in full': () => {
      insist(/^[a-z0-9][a-z0-9-]*$/.test(payment.id), `The id "${payment.id}" must be lower-case letters, digits and hyphens.`);
      insist(payment.title !== '', 'title must be a text.');
      const methods = payment.methods.map(({ id }) => id);
      insist(methods.length > 0 && new Set(methods).size === methods.length, `Methods are told apart by their ids: ${methods.join(', ')}.`);
      insist(
        payment.methods.every(({ id, title }) => id !== '' && title !== ''),
        'Each method has an id and a title.',
      );
      const wrong = payment.currencies.find((currency) => !/^[A-Z]{3}$/.test(currency));
      insist(payment.currencies.length > 0 && wrong === undefined, `Currencies are codes such as USD, not "${wrong ?? ''}".`);
    },
    'tells its vendor apart whether a webhook was taken or shall come again': () => {
      const { taken, again } = payment.replies;
      for (const { status } of [taken, again]) insist(status >= 200 && status < 600, `${status} is no status.`);
      insist(taken.status < 300, `A webhook that was taken is answered with ${taken.status}: vendors take that for a failure.`);
      insist(taken.status !== again.status || taken.body !== again.body, 'Both are answered alike.');
    },
    'believes nothing that nobody signed': async () => {
      for (const webhook of unsignedWebhooks()) {
        const outcome = await outcomeOf(() => readWebhook(payment, recording, webhook, 1_764_000_000_500));
        insist(outcome === 'rejected', `${webhook.method} "${Buffer.from(webhook.body).toString()}" was read as ${outcome}.`);
      }
    },
  });
}

/** Whatever anybody may send to a public address. */
function unsignedWebhooks(): readonly Webhook[] {
  const bodies = ['', '{}', 'null', '[]', '{"cut', 'a=1&b=2', '{"id":"1","type":"paid","status":"success","amount":"1"}', '\u0000'];
  const queries = ['', 'trade_status=TRADE_SUCCESS&money=1.00&out_trade_no=order-1&sign=&sign_type=MD5'];
  return bodies.flatMap((body) =>
    queries.flatMap((query) =>
      ['POST', 'GET'].map((method) => ({
        method,
        query: new URLSearchParams(query),
        headers: new Map<string, string>(),
        body: Buffer.from(body),
      })),
    ),
  );
}

/** `rejected`, or the events in words. @throws what is neither */
async function outcomeOf(read: () => ReturnType<typeof readWebhook>): Promise<string> {
  try {
    return eventsAsText(await read());
  } catch (error) {
    if (WebhookRejectedError.isInstance(error)) return 'rejected';
    throw new Error(`It has to be a WebhookRejectedError: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
