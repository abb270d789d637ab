/** What channels have in common that are listed or changed together. What is left out says nothing. */
export interface ChannelFilter {
  readonly ids?: readonly string[] | undefined;
  /** A part of the name, in any case. */
  readonly name?: string | undefined;
  /** One of its keys as a whole; or how one begins or ends, of which only what hints show is compared. */
  readonly keyHint?: string | undefined;
  readonly provider?: string | undefined;
  /** By the name that callers use. */
  readonly model?: string | undefined;
  readonly group?: string | undefined;
  readonly tag?: string | undefined;
  readonly enabled?: boolean | undefined;
}

/** The same where everything is as the database can compare it. */
export type ComparableFilter = Omit<ChannelFilter, 'name' | 'keyHint'> & { readonly name?: never; readonly keyHint?: never };

/**
 * `testedAt` and `latency` are those of the last test, `balance` is the lowest that one of its keys has, in whatever currency. What is not
 * known is like a test of 1970, takes for ever, and has no end.
 */
export const channelOrders = ['name', 'priority', 'weight', 'createdAt', 'testedAt', 'latency', 'balance'] as const;
export type ChannelOrder = (typeof channelOrders)[number];

/** What a channel's place in a list follows from: what the list is ordered by, and the channel's id. */
export type ChannelPosition = readonly [string | number, string];

export interface ChannelPage {
  readonly limit: number;
  readonly order: ChannelOrder;
  readonly descending: boolean;
  /** That of the last channel of the page before. */
  readonly after?: ChannelPosition | undefined;
}
