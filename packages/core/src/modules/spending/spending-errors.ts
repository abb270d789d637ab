import { GatewayError } from '../../foundation/errors.js';
import { type Millipoints, pointsText } from '../../foundation/millipoints.js';
import type { SpendCap } from './spend-cap.js';

const adjectives = { day: 'daily', month: 'monthly' } as const;

/** A cap on what the token or its user may spend in a day or month leaves too little for the call. */
export class SpendCapReachedError extends GatewayError {
  readonly kind = 'insufficient-quota';
  readonly status = 402;
  readonly code = 'spend_cap_reached';

  /** @param renewsAt milliseconds since 1970. */
  constructor({ scope, window, limit }: SpendCap, needed: Millipoints, available: Millipoints, renewsAt: number, now: number) {
    const whose = scope === 'token' ? 'this token' : 'the user of this token';
    super(
      `The ${adjectives[window]} spend cap of ${whose} is ${pointsText(limit)} points: this call sets aside ${pointsText(needed)} points and ${pointsText(available)} are free. The cap renews at ${new Date(renewsAt).toISOString()}. Wait until then, raise the cap, or ask for fewer output tokens.`,
      { retryAfterMs: Math.max(renewsAt - now, 1_000) },
    );
  }
}
