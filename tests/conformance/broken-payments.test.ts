import { join } from 'node:path';
import { definePayment, type PaymentAdapter, type PaymentEvent, type Webhook, WebhookRejectedError, z } from '@tollgate/plugin-kit';
import { paymentSuite, type PaymentRecording, readFixtures, runSuite } from '@tollgate/plugin-kit/conformance';
import { describe, expect, it } from 'vitest';
import { sampleVendor } from '../../packages/create-plugin/templates/payment/src/payment.js';
import { addressPay, eventsIn } from './address-pay.js';
import { repositoryFolder } from '../support/repository.js';
import { findCheck, problemOf } from './find-check.js';

const real = sampleVendor as unknown as PaymentAdapter;
const fixtures = readFixtures(join(repositoryFolder, 'packages/create-plugin/templates/payment/__fixtures__'));
const recording = fixtures.payments['sample-vendor'] as PaymentRecording;

type Read = PaymentAdapter['readWebhook'];

function adapter(change: Partial<PaymentAdapter>): PaymentAdapter {
  return { ...real, ...change };
}

/** Reads as the real adapter does, then does something with the events. */
function reading(change: (events: readonly PaymentEvent[], webhook: Webhook) => readonly PaymentEvent[]): PaymentAdapter {
  return adapter({ readWebhook: async (webhook, config, io) => change(await real.readWebhook(webhook, config, io), webhook) });
}

/** Where the real adapter rejects, it has another look. */
function forgiving(secondLook: Read): PaymentAdapter {
  return adapter({
    readWebhook: async (webhook, config, io) => {
      try {
        return await real.readWebhook(webhook, config, io);
      } catch {
        return secondLook(webhook, config, io);
      }
    },
  });
}

function rejected(): never {
  throw new WebhookRejectedError('No.');
}

/** What a body says, signed or not. */
function believed({ body }: Webhook): readonly PaymentEvent[] {
  try {
    const notice = JSON.parse(Buffer.from(body).toString()) as Record<string, string>;
    const { id = '', order: orderId = '', payment: reference = '', minor = '', currency = '' } = notice;
    return [{ type: 'paid', eventId: id, orderId, reference, at: Number(notice['at']), amount: { minor: BigInt(minor), currency } }];
  } catch {
    return rejected();
  }
}

const bySignatureThatIsThere = forgiving(async (webhook) => (webhook.headers.has('x-signature') ? believed(webhook) : rejected()));
const checkout = (change: object): PaymentAdapter =>
  adapter({ createCheckout: async (order, config, io) => ({ ...(await real.createCheckout(order, config, io)), ...change }) });
const seen = new Set<string>();
let calls = 0;

type BrokenPayment = readonly [flaw: string, payment: PaymentAdapter, check: string, problem: RegExp];

const broken: readonly BrokenPayment[] = [
  ['no method', adapter({ methods: [] }), 'is declared in full', /Methods/],
  ['currencies by their signs', adapter({ currencies: ['€'] }), 'is declared in full', /USD/],
  ['one reply for all', adapter({ replies: { taken: { status: 200, body: '' }, again: { status: 200, body: '' } } }), 'apart', /alike/],
  ['a title-less form', adapter({ config: z.object({ merchant: z.string() }) }), 'a form can be drawn', /merchant/],
  ['an open key', adapter({ config: z.object({ signing_key: z.string().meta({ title: 'Key' }) }) }), 'every credential', /signing_key/],
  ['faith in everybody', adapter({ readWebhook: async () => [] }), 'believes nothing that nobody signed', /was read as \[\]/],
  [
    'other errors than a rejection',
    adapter({
      readWebhook: async (webhook) => believed({ ...webhook, body: Buffer.from(String(JSON.parse(Buffer.from(webhook.body).toString()))) }),
    }),
    'believes nothing that nobody signed',
    /WebhookRejectedError/,
  ],
  ['eyes for signatures only', bySignatureThatIsThere, 'believes "a payment" no other amount', /was read as/],
  ['eyes for signatures only', bySignatureThatIsThere, 'believes "a payment" no other order', /order-10/],
  ['eyes for signatures only', bySignatureThatIsThere, 'believes "a payment" with no byte changed', /was read as/],
  [
    'signatures at will',
    forgiving(async (webhook) => (webhook.headers.size > 0 ? rejected() : believed(webhook))),
    '"a payment" without its signature',
    /without any header/,
  ],
  [
    'a key of its own',
    adapter({
      readWebhook: (webhook, config, io) => real.readWebhook(webhook, { ...config, signingKey: recording.config['signingKey'] }, io),
    }),
    '"a payment" if it was signed with another key',
    /whatever the secrets/,
  ],
  [
    'whole units',
    reading((events) =>
      events.map((event) => ('amount' in event ? { ...event, amount: { ...event.amount, minor: event.amount.minor * 100n } } : event)),
    ),
    'reads "a payment" as what it says',
    /123400/,
  ],
  ['a currency that it has not', adapter({ currencies: ['USD'] }), 'reads "a payment" as what it says', /EUR is none of USD/],
  [
    'event names of its own',
    reading((events) => events.map((event) => ({ ...event, eventId: `${(calls += 1)}` }))),
    '"a payment" alike however often',
    /read as/,
  ],
  [
    'a memory',
    reading((events, { body }) => {
      const text = Buffer.from(body).toString();
      if (seen.has(text)) return [];
      seen.add(text);
      return events;
    }),
    'in whatever order they come',
    /depends on those/,
  ],
  ['nowhere to pay', checkout({ url: 'soon' }), 'shows the customer where to pay', /no web address/],
  ['seconds', checkout({ expiresAt: 1_764_003_600 }), 'shows the customer where to pay', /expired/],
  [
    'a new checkout each time',
    adapter({ createCheckout: (order, config, io) => real.createCheckout({ ...order, title: `${(calls += 1)}` }, config, io) }),
    'asks alike',
    /second payment/,
  ],
  [
    'an order of its own',
    adapter({ createCheckout: (order, config, io) => real.createCheckout({ ...order, id: 'mine' }, config, io) }),
    'tells the vendor which order',
    /order-1 is neither/,
  ],
  [
    'its key on show',
    checkout({ url: `https://pay.example/?key=${String(recording.config['signingKey'])}` }),
    'none of its secrets',
    /signingKey/,
  ],
  [
    'hope',
    adapter({
      createCheckout: (order, config, io) =>
        real.createCheckout(order, config, io).catch(() => ({ show: 'redirect' as const, url: 'https://pay.example/' })),
    }),
    'cannot be reached',
    /knows nothing of/,
  ],
  [
    'refunds without a key',
    adapter({
      refund: (reference, amount, _key, config, io) =>
        real.refund?.(reference, amount, `${(calls += 1)}`, config, io) ?? Promise.reject(new Error('no')),
    }),
    'pays back once',
    /another way/,
  ],
  [
    'refunds under one key',
    adapter({
      refund: (reference, amount, _key, config, io) =>
        real.refund?.(reference, amount, 'mine', config, io) ?? Promise.reject(new Error('no')),
    }),
    'pays back once',
    /pay back twice/,
  ],
];

describe('a payment adapter', () => {
  it('conforms as the template has it', async () => {
    const report = await runSuite(paymentSuite(real, { recording }));
    expect(report.results.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(report.badge).toBe('gold');
  });

  it.each(broken.map(([flaw, payment, check, problem]) => ({ flaw, payment, check, problem })))(
    'with $flaw does not conform: $check',
    async ({ payment, check, problem }) => {
      expect(await problemOf(findCheck(paymentSuite(payment, { recording }), check))).toMatch(problem);
    },
  );

  it('may be notified by address', async () => {
    const { payment, recording: byAddress } = addressPay();
    const report = await runSuite(paymentSuite(payment, { recording: byAddress }));
    expect(report.results.filter(({ problem }) => problem !== undefined)).toEqual([]);
    const careless = { ...payment, readWebhook: async ({ query }: Webhook) => (query.has('sign') ? eventsIn(query) : rejected()) };
    const { failed } = await runSuite(paymentSuite(careless, { recording: byAddress }));
    expect(failed).toBeGreaterThanOrEqual(4);
  });

  it('does not conform if two of its events are called alike', async () => {
    const [first, second] = recording.webhooks;
    if (first === undefined || second === undefined) throw new Error('There are no webhooks.');
    const webhooks = [
      first,
      { ...second, expected: second.expected.map((event) => ({ ...event, eventId: first.expected[0]?.eventId ?? '' })) },
    ];
    const suite = paymentSuite(real, { recording: { ...recording, webhooks } });
    expect(await problemOf(findCheck(suite, 'a name of its own'))).toMatch(/called alike/);
  });

  it('lacks what nobody recorded', () => {
    expect(paymentSuite(real).missing.map(({ level }) => level)).toEqual(['silver', 'gold', 'gold']);
    expect(paymentSuite(real, { recording }).missing).toEqual([]);
  });

  it.each([
    [{ id: 'Pay' }, /lower-case/],
    [{ methods: [] }, /no method/],
    [{ currencies: ['euro'] }, /ISO 4217/],
  ])('is not defined with %j', (change, problem) => {
    expect(() => definePayment(adapter(change))).toThrow(problem);
  });
});
