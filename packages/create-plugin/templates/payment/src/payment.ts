import { createHmac, timingSafeEqual } from 'node:crypto';
import { definePayment, type PaymentEvent, secret, type Webhook, WebhookRejectedError, z } from '@tollgate/plugin-kit';

const config = z.object({
  merchant: z.string().min(1).meta({ title: 'Merchant id' }),
  signingKey: secret('Signing key'),
  baseUrl: z.url().default('https://pay.sample-vendor.example').meta({ title: 'Base URL' }),
});

type Config = z.output<typeof config>;

/** A signature older than this may have been overheard. */
const signatureAgeMaxMs = 5 * 60_000;

/** Sample Vendor: the customer pays on its page, and signed webhooks say what came of it. */
export const sampleVendor = definePayment({
  id: 'sample-vendor',
  title: 'Sample Vendor',
  config,
  methods: [
    { id: 'card', title: 'Card' },
    { id: 'wallet', title: 'Wallet' },
  ],
  currencies: ['USD', 'EUR'],
  replies: { taken: { status: 200, body: 'OK' }, again: { status: 500, body: 'RETRY' } },

  async createCheckout(order, settings, io) {
    const { id, amount, title, method = 'card', returnUrl, notifyUrl } = order;
    const body = JSON.stringify({
      merchant: settings.merchant,
      order: id,
      minor: amount.minor.toString(),
      currency: amount.currency,
      title,
      method,
      returnUrl,
      notifyUrl,
    });
    // The order's id makes a second try the same checkout.
    const reply = await io.fetch({ method: 'POST', url: `${settings.baseUrl}/checkouts`, headers: headersFor(body, settings, id), body });
    if (reply.status >= 300) throw new Error(`The checkout was refused with status ${reply.status}.`);
    const session = checkoutSchema.parse(await reply.json());
    return { show: 'redirect', url: session.url, reference: session.id, expiresAt: session.expiresAt };
  },

  async readWebhook(webhook, settings, io) {
    const text = verified(webhook, settings, io.now());
    const parsed = noticeSchema.safeParse(jsonIn(text));
    if (!parsed.success) throw new WebhookRejectedError('It is signed, and no notice.');
    const { id, type, order, payment, minor, currency, at } = parsed.data;
    const facts = { eventId: id, orderId: order, reference: payment, at };
    const events: Readonly<Record<string, PaymentEvent>> = {
      'payment.paid': { ...facts, type: 'paid', amount: { minor: BigInt(minor), currency } },
      'payment.refunded': { ...facts, type: 'refunded', amount: { minor: BigInt(minor), currency } },
      'payment.failed': { ...facts, type: 'failed' },
    };
    const event = events[type];
    return event === undefined ? [] : [event];
  },

  async refund(reference, amount, idempotencyKey, settings, io) {
    const body = JSON.stringify({ payment: reference, minor: amount.minor.toString(), currency: amount.currency });
    const headers = headersFor(body, settings, idempotencyKey);
    const reply = await io.fetch({ method: 'POST', url: `${settings.baseUrl}/refunds`, headers, body });
    if (reply.status >= 300) throw new Error(`The refund was refused with status ${reply.status}.`);
    const { id } = refundSchema.parse(await reply.json());
    return { reference: id, state: reply.status === 202 ? 'pending' : 'done' };
  },
});

const checkoutSchema = z.object({ id: z.string(), url: z.url(), expiresAt: z.number() });
const refundSchema = z.object({ id: z.string() });
const noticeSchema = z.object({
  id: z.string().min(1),
  type: z.string(),
  order: z.string().min(1),
  payment: z.string().min(1),
  minor: z.string().regex(/^\d+$/),
  currency: z.string(),
  at: z.number(),
});

/** The text of a webhook that the vendor signed, not long ago. @throws WebhookRejectedError */
function verified({ headers, body }: Webhook, { signingKey }: Config, now: number): string {
  const sentAt = headers.get('x-sent-at') ?? '';
  const text = Buffer.from(body).toString('utf8');
  if (!isSame(headers.get('x-signature') ?? '', sign(signingKey, `${sentAt}.${text}`)))
    throw new WebhookRejectedError('Its signature is wrong.');
  if (Math.abs(now - Number(sentAt)) > signatureAgeMaxMs) throw new WebhookRejectedError('Its signature is too old.');
  return text;
}

function headersFor(body: string, { signingKey }: Config, idempotencyKey: string): Readonly<Record<string, string>> {
  return { 'content-type': 'application/json', 'x-signature': sign(signingKey, body), 'idempotency-key': idempotencyKey };
}

function sign(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** Takes the same time wherever the two differ. */
function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
