import type { z } from 'zod';
import { DefinitionError } from './errors.js';
import type { PluginIo } from './provider.js';

/** An amount in the smallest unit of its currency: `{ minor: 1234n, currency: 'USD' }` is 12.34 US dollars. */
export interface Money {
  readonly minor: bigint;
  /** By ISO 4217, in capitals. */
  readonly currency: string;
}

/** What a customer is about to pay for. */
export interface PaymentOrder {
  /** Unique at this gateway, `a-zA-Z0-9_-`, at most 40 characters. */
  readonly id: string;
  readonly amount: Money;
  /** What the customer reads at the vendor's. */
  readonly title: string;
  /** One of the adapter's `methods`; the vendor's choice unless stated. */
  readonly method?: string;
  /** Stands for the customer; says nothing about the person. */
  readonly userReference: string;
  /** Where the customer's browser goes afterwards. */
  readonly returnUrl: string;
  /** Where the vendor's webhooks go. */
  readonly notifyUrl: string;
}

interface CheckoutFacts {
  /** The vendor's own name for it, for {@link PaymentAdapter.query}. */
  readonly reference?: string;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** What the customer is shown: a page to go to, a form that the browser sends there, or a code to scan. */
export type Checkout = CheckoutFacts &
  (
    | { readonly show: 'redirect'; readonly url: string }
    | { readonly show: 'form'; readonly url: string; readonly fields: Readonly<Record<string, string>> }
    | { readonly show: 'code'; readonly content: string }
  );

/** A message that came to the order's `notifyUrl`, from whomever. */
export interface Webhook {
  /** `POST`, and `GET` with vendors that notify by address. */
  readonly method: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** As it came: signatures are computed over these bytes. */
  readonly body: Uint8Array;
}

interface EventFacts {
  /** The same for every delivery of one event, and for no other: how a repeated delivery is told from a second payment. */
  readonly eventId: string;
  readonly orderId: string;
  /** The vendor's own name for the payment, for refunds. */
  readonly reference: string;
  /** Milliseconds since 1970, by the vendor's clock. */
  readonly at: number;
}

/** What a genuine webhook says. The adapter only reports: the gateway compares amounts, and alone credits anyone. */
export type PaymentEvent = EventFacts &
  (
    | { readonly type: 'paid' | 'refunded' | 'disputed'; readonly amount: Money }
    | { readonly type: 'failed' | 'expired' | 'cancelled'; readonly reason?: string }
  );

/** Network, storage and time for a payment adapter. */
export interface PaymentIo extends PluginIo {
  /** Milliseconds since 1970: signatures that grow old are judged by it. */
  now(): number;
}

export interface Refund {
  readonly reference: string;
  readonly state: 'done' | 'pending';
}

/** What the gateway answers a webhook with. */
export interface WebhookReply {
  readonly status: number;
  readonly body: string;
}

/** A place that takes money for the gateway. It describes, verifies and reports; it never moves money by itself. */
export interface PaymentAdapter<Schema extends z.ZodObject = z.ZodObject> {
  /** Lower case, `a-z0-9-`. */
  readonly id: string;
  readonly title: string;
  /** Form, validation and storage of the settings follow from it; mark credentials with `secret()`. */
  readonly config: Schema;
  /** Ways to pay among which the customer chooses: card, wallet, … */
  readonly methods: readonly { readonly id: string; readonly title: string }[];
  /** By ISO 4217, in capitals. */
  readonly currencies: readonly string[];
  /** What the vendor wants to hear: that its webhook has been taken, or that it shall come again. */
  readonly replies: Readonly<Record<'taken' | 'again', WebhookReply>>;
  createCheckout(order: PaymentOrder, config: z.output<Schema>, io: PaymentIo): Promise<Checkout>;
  /**
   * Reads a webhook; none of its events where it is genuine and of no interest.
   * @throws WebhookRejectedError unless the vendor itself signed every part of it that the events are made of.
   */
  readWebhook(webhook: Webhook, config: z.output<Schema>, io: PaymentIo): Promise<readonly PaymentEvent[]>;
  /** Asks for the state of a payment whose webhook never came. */
  query?(reference: string, order: PaymentOrder, config: z.output<Schema>, io: PaymentIo): Promise<PaymentEvent | 'pending'>;
  /** The key is the same for every try of one refund: the vendor has to see it, so that it pays back once. */
  refund?(reference: string, amount: Money, idempotencyKey: string, config: z.output<Schema>, io: PaymentIo): Promise<Refund>;
}

/** Declares a payment adapter; checks what types cannot. @throws DefinitionError */
export function definePayment<Schema extends z.ZodObject>(adapter: PaymentAdapter<Schema>): PaymentAdapter<Schema> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(adapter.id))
    throw new DefinitionError(`Payment id "${adapter.id}": use lower-case letters, digits and hyphens.`);
  if (adapter.methods.length === 0) throw new DefinitionError(`Payment ${adapter.id} has no method.`);
  const wrong = adapter.currencies.find((currency) => !/^[A-Z]{3}$/.test(currency));
  if (wrong !== undefined || adapter.currencies.length === 0)
    throw new DefinitionError(`Payment ${adapter.id}: currencies are codes of ISO 4217 such as USD, not "${wrong ?? ''}".`);
  return adapter;
}
