import type { Verdict } from '@tollgate/plugin-kit';
import type { Binding } from './bound-channel.js';

/** Keys that one request asks for one thing at most: whoever has thousands of them does not make thousands of requests of one. */
export const keysAskedMax = 16;

/** The search for that of a channel's keys behind which something lies, where nobody has noted which it is. */
export class OwnerSearch {
  /** False where the owner is known, or nothing is looked for: then every failure is what it is. */
  readonly isOpen: boolean;
  /** So many keys have no such thing. */
  missed = 0;
  /** The first failure of a key that may have it. */
  failure: Verdict | undefined;
  #keys = Number.POSITIVE_INFINITY;

  constructor(isOpen: boolean) {
    this.isOpen = isOpen;
  }

  /**
   * True where the key is well and has no such thing: the next one is to be asked, which is no other try.
   * @param keys how many the channel has
   */
  failed(verdict: Verdict, keys: number): boolean {
    this.#keys = keys;
    const isElsewhere = this.isOpen && isMissing(verdict);
    if (isElsewhere) this.missed += 1;
    else this.failure ??= verdict;
    return isElsewhere;
  }

  /** True where no key has it: then it is gone. */
  get hasNobody(): boolean {
    return this.missed >= this.#keys;
  }

  /** True where this request may ask no other key. */
  get isSpent(): boolean {
    return this.missed >= keysAskedMax;
  }
}

/** True where nobody has noted which of its channel's keys has what the request names. */
export function isOwnerUnknown(binding: Binding | undefined): boolean {
  return binding !== undefined && binding.keyId === undefined;
}

/** True where the place is well and has no such thing. */
export function isMissing({ kind, status, missing }: Verdict): boolean {
  return missing === true || kind === 'not-found' || status === 404;
}

/** What the failure says of its place: nothing, where that has not got what is looked for. */
export function verdictOnPlace(verdict: Verdict, isLookedFor: boolean): Verdict {
  return isLookedFor && isMissing(verdict) ? { ...verdict, scope: 'request' } : verdict;
}
