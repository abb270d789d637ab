/** An apply file, as far as these tests write it. */
export interface ApplyDocument {
  readonly groups?: Readonly<Record<string, GroupEntry>>;
  readonly vendors?: Readonly<Record<string, { readonly icon?: string; readonly description?: string }>>;
  readonly models?: readonly ModelEntry[];
  readonly channels?: readonly ChannelEntry[];
  readonly users?: readonly UserEntry[];
  readonly tokens?: readonly TokenEntry[];
  readonly settings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface GroupEntry {
  readonly ratio?: number | string;
  readonly usableBy?: 'everyone' | readonly string[];
  readonly limits?: readonly number[] | Readonly<Record<string, number | boolean>>;
  readonly strategy?: string;
}

export interface ModelEntry {
  readonly name: string;
  readonly modelRatio?: number | string;
  readonly completionRatio?: number | string;
  readonly cacheRatio?: number | string;
  readonly imageCompletionRatio?: number | string;
  readonly audioRatio?: number | string;
  readonly audioCompletionRatio?: number | string;
  readonly tiers?: readonly { readonly inputTokensAbove: number; readonly modelRatio: number | string }[];
  readonly pricePerCall?: number | string;
  readonly imagePrices?: readonly { readonly size?: string; readonly price: number | string }[];
  readonly pricePerSearch?: number | string;
  readonly secondPrices?: readonly { readonly price: number | string }[];
  readonly outputTokensMax?: number;
  readonly enabled?: boolean;
  readonly vendor?: string;
  readonly type?: string;
  readonly description?: string;
  readonly icon?: string;
  readonly tags?: readonly string[];
  readonly settlement?: Readonly<Record<string, string>>;
}

export interface ChannelEntry {
  readonly name: string;
  readonly provider: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly keys?: readonly (string | { readonly key: string; readonly enabled: boolean })[];
  readonly models: readonly string[];
  readonly modelMapping?: Readonly<Record<string, string>>;
  readonly groups?: readonly string[];
  readonly priority?: number;
  readonly weight?: number;
  readonly enabled?: boolean;
  readonly timeouts?: { readonly firstByteMs?: number };
  readonly parameters?: readonly object[];
  readonly headers?: readonly object[];
  readonly statusMapping?: Readonly<Record<string, number>>;
  readonly costRatio?: string;
  readonly proxy?: string;
  readonly allowPrivate?: boolean;
  readonly systemPrompt?: { readonly text: string; readonly how?: string; readonly models?: readonly string[] };
  readonly thinkingToContent?: boolean;
  readonly keyOrder?: 'in-turn';
  readonly limits?: Readonly<Record<string, number>>;
  readonly keyLimits?: Readonly<Record<string, number>>;
  readonly spendCaps?: SpendCapsEntry;
}

/** The document with channels that may lead to this machine, where all upstreams of tests are, unless one says otherwise. */
export function reachingTestServers(document: ApplyDocument): ApplyDocument {
  const { channels } = document;
  return channels === undefined ? document : { ...document, channels: channels.map((channel) => ({ allowPrivate: true, ...channel })) };
}

export interface SpendCapsEntry {
  readonly day?: number | string;
  readonly month?: number | string;
}

export interface UserEntry {
  readonly username: string;
  readonly password?: string;
  readonly role?: 'user' | 'admin' | 'root';
  readonly enabled?: boolean;
  readonly group?: string;
  readonly ratio?: number | string;
  readonly points?: number | string;
  readonly spendCaps?: SpendCapsEntry;
}

export interface TokenEntry {
  readonly name: string;
  readonly user: string;
  readonly key: string;
  readonly group?: string;
  readonly unlimited?: boolean;
  readonly points?: number | string;
  readonly spendCaps?: SpendCapsEntry;
  readonly limits?: Readonly<Record<string, number>>;
  readonly models?: readonly string[];
  readonly allowIps?: readonly string[];
  readonly expiresAt?: string;
  readonly enabled?: boolean;
}

/** A key that an apply file may give: the same name gives the same key. */
export function keyOf(name: string): string {
  return `sk-test-${name}-${'0123456789abcdef'.repeat(2)}`;
}

/** The upstream key of every channel: must never be seen by a caller. */
export const upstreamKey = 'upstream-secret-4f1d0a';

/** Settings under which channels are asked however often they fail, for tests that let the same one fail in many ways. */
export const neverResting = { health: { coolDowns: false, disableStatusCodes: [], disableKeywords: [] } };

export const alice: UserEntry = { username: 'alice', password: 'a long enough password', points: 1_000_000_000 };

/** A token of alice's without limits. */
export const openToken: TokenEntry = { name: 'open', user: 'alice', key: keyOf('open'), unlimited: true };

/** A channel of the openai-chat dialect at the base URL. */
export function chatChannel(name: string, baseUrl: string, models: readonly string[], more: Partial<ChannelEntry> = {}): ChannelEntry {
  return { name, provider: 'openai-compatible', config: { baseUrl, apiKey: upstreamKey }, models, ...more };
}

export function pricedByTokens(...names: readonly string[]): readonly ModelEntry[] {
  return names.map((name) => ({ name, modelRatio: 1, completionRatio: 2, cacheRatio: 0.5 }));
}
