import type { PaymentIo, PaymentOrder, WireRequest } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { sampleVendor } from './payment.js';

const settings = sampleVendor.config.parse({ merchant: 'm-1', signingKey: 'a-key' });
const order: PaymentOrder = {
  id: 'order-1',
  amount: { minor: 1_234n, currency: 'EUR' },
  title: '100 points',
  userReference: 'user-1',
  returnUrl: 'https://gateway.example/top-up',
  notifyUrl: 'https://gateway.example/webhooks/sample-vendor',
};

function ioAnswering(status: number, body: unknown): PaymentIo & { readonly requests: WireRequest[] } {
  const requests: WireRequest[] = [];
  const log = { info: () => undefined, warn: () => undefined };
  return {
    requests,
    now: () => 0,
    async fetch(request) {
      requests.push(request);
      return { status, headers: new Map(), text: async () => JSON.stringify(body), json: async () => body };
    },
    cache: { get: () => undefined, set: () => undefined },
    signal: new AbortController().signal,
    log,
  };
}

describe('a checkout at Sample Vendor', () => {
  it('is asked for in the smallest unit of the currency, by card unless the customer says otherwise', async () => {
    const io = ioAnswering(200, { id: 'c-1', url: 'https://pay.example/c-1', expiresAt: 1_800_000_000_000 });
    expect(await sampleVendor.createCheckout(order, settings, io)).toMatchObject({ show: 'redirect', reference: 'c-1' });
    expect(JSON.parse(String(io.requests[0]?.body))).toMatchObject({ minor: '1234', currency: 'EUR', method: 'card' });
  });

  it('fails where the vendor refuses', async () => {
    await expect(sampleVendor.createCheckout(order, settings, ioAnswering(402, {}))).rejects.toThrow('402');
  });
});

describe('a refund at Sample Vendor', () => {
  it('may take its time', async () => {
    const refunded = sampleVendor.refund?.('p-1', order.amount, 'key-1', settings, ioAnswering(202, { id: 'r-1' }));
    expect(await refunded).toEqual({ reference: 'r-1', state: 'pending' });
  });
});
