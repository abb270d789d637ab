import type { Verdict } from '@tollgate/plugin-kit';
import type { Channel } from '../modules/channels/index.js';
import type { ResourceHome } from '../modules/resources/index.js';

/** Keys that one request asks for one thing at most: whoever has thousands of them does not make thousands of requests of one. */
export const keysAskedMax = 16;

/** The search for that of a channel's keys behind which something lies, where nobody has noted which it is. */
export class OwnerSearch {
  readonly #home: Pick<ResourceHome, 'keyId'> | undefined;
  /** So many keys have no such thing. */
  missed = 0;
  /** The first failure of a key that may have it. */
  failure: Verdict | undefined;
  #keys = Number.POSITIVE_INFINITY;

  /** @param home of what is looked for; undefined where nothing is: then every failure is what it is */
  constructor(home: Pick<ResourceHome, 'keyId'> | undefined) {
    this.#home = home;
  }

  /** False where the owner is noted, or nothing is looked for. */
  get isOpen(): boolean {
    return this.#home !== undefined && this.#home.keyId === undefined;
  }

  /**
   * Notes that one of the channel's keys has failed. True where it is well and has no such thing: the next one is to be asked, which is no
   * other try. Keys that are disabled count among those that may have it: what lies behind them is not gone.
   */
  failed(verdict: Verdict, channel: Pick<Channel, 'keysTotal'>): boolean {
    this.#keys = channel.keysTotal;
    const isElsewhere = isOwnerUnknown(this.#home, channel) && isMissing(verdict);
    if (isElsewhere) this.missed += 1;
    else this.failure ??= verdict;
    return isElsewhere;
  }

  /** True where no key has it: then it is gone. */
  get hasNobody(): boolean {
    return this.missed >= this.#keys;
  }

  /** True where some keys have not got it, and of others nobody knows. */
  get isUndecided(): boolean {
    return this.missed > 0 && !this.hasNobody;
  }

  /** True where this request may ask no other key. */
  get isSpent(): boolean {
    return this.missed >= keysAskedMax;
  }
}

/** True where nobody has noted which of the channel's keys has what the request names. */
export function isOwnerUnknown(home: Pick<ResourceHome, 'keyId'> | undefined, { keysTotal }: Pick<Channel, 'keysTotal'>): boolean {
  return home !== undefined && home.keyId === undefined && keysTotal > 1;
}

/** True where the place is well and has no such thing. */
export function isMissing({ kind, status, missing }: Verdict): boolean {
  return missing === true || kind === 'not-found' || status === 404;
}

/** What the failure says of its place: nothing, where that has not got what is looked for. */
export function verdictOnPlace(verdict: Verdict, isLookedFor: boolean): Verdict {
  return isLookedFor && isMissing(verdict) ? { ...verdict, scope: 'request' } : verdict;
}
