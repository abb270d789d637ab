import type { ResourceName } from '@tollgate/plugin-kit';
import type { ResourceHome } from './resource-store.js';

const entriesMax = 50_000;

export interface RecentResource extends ResourceHome {
  readonly expiresAt: number | null;
  /** Undefined where it is not known here. */
  readonly tokens: number | undefined;
}

/** What this node saw being made lately, the oldest forgotten first. */
export class RecentResources {
  readonly #entries = new Map<string, RecentResource>();

  add(userId: string, name: ResourceName, entry: RecentResource): void {
    const key = keyOf(userId, name);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size <= entriesMax) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  find(userId: string, name: ResourceName, now: number): RecentResource | undefined {
    const entry = this.#entries.get(keyOf(userId, name));
    return entry === undefined || (entry.expiresAt !== null && entry.expiresAt <= now) ? undefined : entry;
  }

  remove(userId: string, name: ResourceName): void {
    this.#entries.delete(keyOf(userId, name));
  }
}

function keyOf(userId: string, { kind, id }: ResourceName): string {
  return `${userId} ${kind} ${id}`;
}
