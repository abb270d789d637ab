import type { ResourceName } from '@tollgate/plugin-kit';

const entriesMax = 50_000;

interface Entry {
  readonly channelId: string;
  readonly expiresAt: number | null;
}

/** What this node saw being made lately, the oldest forgotten first. */
export class RecentResources {
  readonly #entries = new Map<string, Entry>();

  add(userId: string, name: ResourceName, channelId: string, expiresAt: number | null): void {
    const key = keyOf(userId, name);
    this.#entries.delete(key);
    this.#entries.set(key, { channelId, expiresAt });
    if (this.#entries.size <= entriesMax) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  channelOf(userId: string, name: ResourceName, now: number): string | undefined {
    const entry = this.#entries.get(keyOf(userId, name));
    return entry === undefined || (entry.expiresAt !== null && entry.expiresAt <= now) ? undefined : entry.channelId;
  }

  remove(userId: string, name: ResourceName): void {
    this.#entries.delete(keyOf(userId, name));
  }
}

function keyOf(userId: string, { kind, id }: ResourceName): string {
  return `${userId} ${kind} ${id}`;
}
