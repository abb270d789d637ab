/** What channels have in common that are listed or changed together. What is left out says nothing. */
export interface ChannelFilter {
  readonly ids?: readonly string[] | undefined;
  /** A part of the name, in any case. */
  readonly name?: string | undefined;
  /** The beginning or the end of one of its keys, as hints show them. */
  readonly keyHint?: string | undefined;
  readonly provider?: string | undefined;
  /** By the name that callers use. */
  readonly model?: string | undefined;
  readonly group?: string | undefined;
  readonly tag?: string | undefined;
  readonly enabled?: boolean | undefined;
}

export const channelOrders = ['name', 'priority', 'weight', 'createdAt'] as const;
export type ChannelOrder = (typeof channelOrders)[number];

export interface ChannelPage {
  readonly limit: number;
  readonly order: ChannelOrder;
  readonly descending: boolean;
  /** Of the last channel of the page before: what it is ordered by, and its id. */
  readonly after?: readonly [string | number, string] | undefined;
}
