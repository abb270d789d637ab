import type { PaymentAdapter, PaymentEvent } from '../../payment.js';
import { type Missing, type Suite } from '../check.js';
import type { PaymentRecording } from '../fixtures/payment-recordings.js';
import { configChecks } from '../provider/config-checks.js';
import { checkoutChecks } from './checkout-checks.js';
import { paymentDeclarationChecks } from './declaration-checks.js';
import { forgeryChecks } from './forgery-checks.js';
import { webhookChecks } from './webhook-checks.js';

export interface PaymentEvidence {
  /** What the vendor was heard to say: `__fixtures__/<payment id>/payment.json`. */
  readonly recording?: PaymentRecording | undefined;
}

/** What every payment adapter promises: above all, to believe nobody but its vendor. */
export function paymentSuite(payment: PaymentAdapter, { recording }: PaymentEvidence = {}): Suite {
  const subject = `payment ${payment.id}`;
  return {
    name: payment.id,
    checks: [
      ...configChecks(subject, payment),
      ...paymentDeclarationChecks(subject, payment, recording),
      ...(recording === undefined
        ? []
        : [
            ...recording.webhooks.flatMap((webhook) => forgeryChecks(subject, payment, recording, webhook)),
            ...webhookChecks(subject, payment, recording),
            ...checkoutChecks(subject, payment, recording),
          ]),
    ],
    missing: missingEvidence(subject, payment, recording),
  };
}

function missingEvidence(subject: string, { id, refund }: PaymentAdapter, recording: PaymentRecording | undefined): readonly Missing[] {
  const file = `__fixtures__/${id}/payment.json`;
  const types = new Set<PaymentEvent['type']>(recording?.webhooks.flatMap(({ expected }) => expected.map(({ type }) => type)));
  const missing: Missing[] = [];
  if (!types.has('paid')) missing.push({ subject, level: 'silver', remedy: `Record the webhook of a payment: ${file}` });
  if (types.size < 2) missing.push({ subject, level: 'gold', remedy: `Record a webhook of another kind, failed or refunded: ${file}` });
  if (refund !== undefined && !types.has('refunded'))
    missing.push({ subject, level: 'gold', remedy: `Record the webhook of a refund: ${file}` });
  return missing;
}
