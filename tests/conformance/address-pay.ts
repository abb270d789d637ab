import { createHash } from 'node:crypto';
import { type PaymentAdapter, type PaymentEvent, secret, WebhookRejectedError, z } from '@tollgate/plugin-kit';
import type { PaymentRecording } from '@tollgate/plugin-kit/conformance';

const key = 'made-up-key-0123456789';
const at = 1_764_000_000_000;

/** The sorted fields and the key, hashed: how many aggregators sign. */
function signatureOf(query: URLSearchParams, signingKey: string): string {
  const fields = [...query].filter(([name, value]) => name !== 'sign' && value !== '').sort(([left], [right]) => (left < right ? -1 : 1));
  return createHash('md5')
    .update(`${fields.map(([name, value]) => `${name}=${value}`).join('&')}${signingKey}`)
    .digest('hex');
}

export function eventsIn(query: URLSearchParams): readonly PaymentEvent[] {
  const money = /^(\d+)\.(\d\d)$/.exec(query.get('money') ?? '');
  const [order, trade] = [query.get('out_trade_no') ?? '', query.get('trade_no') ?? ''];
  if (money === null || order === '' || trade === '') throw new WebhookRejectedError('It is no notice.');
  if (query.get('trade_status') !== 'TRADE_SUCCESS') return [];
  const minor = BigInt(`${money[1]}${money[2]}`);
  return [{ type: 'paid', eventId: trade, orderId: order, reference: trade, at, amount: { minor, currency: 'CNY' } }];
}

/** A vendor whose checkout is a form and whose webhooks are addresses, with what it was heard to say. */
export function addressPay(): { readonly payment: PaymentAdapter; readonly recording: PaymentRecording } {
  const payment: PaymentAdapter = {
    id: 'address-pay',
    title: 'Address Pay',
    config: z.object({ pid: z.string().min(1).meta({ title: 'Merchant id' }), signingKey: secret('Key') }),
    methods: [{ id: 'wallet', title: 'Wallet' }],
    currencies: ['CNY'],
    replies: { taken: { status: 200, body: 'success' }, again: { status: 200, body: 'fail' } },
    async createCheckout(order, { pid, signingKey }) {
      const cents = order.amount.minor.toString().padStart(3, '0');
      const money = `${cents.slice(0, -2)}.${cents.slice(-2)}`;
      const fields = new URLSearchParams({
        pid: String(pid),
        out_trade_no: order.id,
        notify_url: order.notifyUrl,
        name: order.title,
        money,
      });
      const sign = signatureOf(fields, String(signingKey));
      return { show: 'form', url: 'https://pay.example/submit', fields: { ...Object.fromEntries(fields), sign, sign_type: 'MD5' } };
    },
    async readWebhook({ query }, { signingKey }) {
      if (query.get('sign') !== signatureOf(query, String(signingKey))) throw new WebhookRejectedError('Its signature is wrong.');
      return eventsIn(query);
    },
  };
  const query = new URLSearchParams({
    pid: '1001',
    trade_no: 'trade-1',
    out_trade_no: 'order-1',
    money: '12.34',
    trade_status: 'TRADE_SUCCESS',
  });
  query.set('sign', signatureOf(query, key));
  const recording: PaymentRecording = {
    config: { pid: '1001', signingKey: key },
    order: {
      id: 'order-1',
      amount: { minor: 1_234n, currency: 'CNY' },
      title: '100 points',
      userReference: 'user-1',
      returnUrl: 'https://gateway.example/top-up',
      notifyUrl: 'https://gateway.example/webhooks/address-pay',
    },
    webhooks: [
      { name: 'a payment', method: 'GET', query: query.toString(), headers: {}, body: '', receivedAt: at, expected: eventsIn(query) },
    ],
    exchanges: [],
  };
  return { payment, recording };
}
