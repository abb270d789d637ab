import { type Millipoints, millipoints } from '../../foundation/millipoints.js';

export type SpendScope = 'user' | 'token';
export type SpendWindow = 'day' | 'month';

/** What may be spent in a day and in a month; what is missing has no cap. */
export interface SpendCaps {
  readonly day?: Millipoints;
  readonly month?: Millipoints;
}

/** One cap that a call is counted on. */
export interface SpendCap {
  readonly scope: SpendScope;
  readonly window: SpendWindow;
  readonly limit: Millipoints;
}

/** All caps of a call; undefined if there is none, which is the usual case and must cost nothing. */
export function capsOfCall(ofUser: SpendCaps | undefined, ofToken: SpendCaps | undefined): readonly SpendCap[] | undefined {
  const caps = [...capsIn('user', ofUser), ...capsIn('token', ofToken)];
  return caps.length === 0 ? undefined : caps;
}

function capsIn(scope: SpendScope, caps: SpendCaps | undefined): readonly SpendCap[] {
  return (['day', 'month'] as const).flatMap((window) => {
    const limit = caps?.[window];
    return limit === undefined ? [] : [{ scope, window, limit }];
  });
}

/** The columns of users and tokens that hold caps, in millipoints. */
export interface SpendCapColumns {
  readonly spend_day_max: bigint | null;
  readonly spend_month_max: bigint | null;
}

export function spendCapsToColumns(caps: SpendCaps | undefined): SpendCapColumns {
  return { spend_day_max: caps?.day ?? null, spend_month_max: caps?.month ?? null };
}

/** Undefined if there is no cap. */
export function columnsToSpendCaps({ spend_day_max, spend_month_max }: SpendCapColumns): SpendCaps | undefined {
  if (spend_day_max === null && spend_month_max === null) return undefined;
  return {
    ...(spend_day_max === null ? {} : { day: millipoints(spend_day_max) }),
    ...(spend_month_max === null ? {} : { month: millipoints(spend_month_max) }),
  };
}
