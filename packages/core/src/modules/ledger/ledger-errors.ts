import { GatewayError } from '../../foundation/errors.js';
import { type Millipoints, pointsText } from '../../foundation/millipoints.js';

/** The user's accounts do not cover what the call may cost. */
export class InsufficientQuotaError extends GatewayError {
  readonly kind = 'insufficient-quota';
  readonly status = 402;
  readonly code = 'insufficient_quota';

  constructor(needed: Millipoints, available: Millipoints) {
    super(
      `The balance is not enough: this call sets aside ${pointsText(needed)} points and ${pointsText(available)} are free. Top up, or ask for fewer output tokens.`,
    );
  }
}

/** The token's own budget does not cover what the call may cost. */
export class TokenQuotaError extends GatewayError {
  readonly kind = 'insufficient-quota';
  readonly status = 402;
  readonly code = 'token_quota_exhausted';

  constructor(needed: Millipoints, available: Millipoints) {
    super(
      `The budget of this token is not enough: this call sets aside ${pointsText(needed)} points and ${pointsText(available)} are free. Raise the token's points, or ask for fewer output tokens.`,
    );
  }
}

/** A booking would take a wallet below what is free in it. */
export class OverdraftError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'overdraft';

  constructor(userId: string) {
    super(
      `The wallet of user ${userId} does not hold that much: a balance never goes below zero, nor below what is set aside for running calls.`,
    );
  }
}

/** There is no wallet, or no token budget, to book on. */
export class UnknownAccountError extends GatewayError {
  readonly kind = 'not-found';
  readonly status = 404;
  readonly code = 'account_not_found';

  constructor(what: string) {
    super(`There is no ${what}.`);
  }
}

/** A booking has the reference of another that says something else. */
export class BookingDiffersError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'booking_differs';

  constructor(kind: string, reference: string) {
    super(`There is a booking ${kind} ${reference} already, with another amount, user or reason; nothing was booked.`);
  }
}

/** A call has no receipt, or was not charged as much as shall be given back. */
export class RefundRefusedError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'refund_refused';
}
