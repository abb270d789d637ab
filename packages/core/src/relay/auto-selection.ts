import { type CandidateList, candidateListOf } from '../modules/channels/index.js';
import type { Candidate, ChannelSelection } from '../modules/routing/index.js';

/** What one group has for a call; never of nothing. */
export interface GroupOffer {
  readonly group: string;
  readonly list: CandidateList;
}

/** Hands out the channels that are tried for a call. */
export type Selection = Pick<ChannelSelection, 'next' | 'failed' | 'passOver' | 'soonestMs'>;

/** Goes through several groups: the next one begins where no channel of the one before is left. What was tried in one is not tried in another. */
export class AutoSelection implements Selection {
  /** Told of each group but the first, before a channel of it is handed out. */
  onGroup: ((group: string) => void) | undefined;
  readonly #left: GroupOffer[];
  readonly #selectionIn: (offer: GroupOffer) => ChannelSelection;
  readonly #seen = new Set<string>();
  #current: ChannelSelection;
  #soonestMs: number | undefined;

  /** @param selectionIn makes the selection inside one group */
  constructor(first: GroupOffer, others: readonly GroupOffer[], selectionIn: (offer: GroupOffer) => ChannelSelection) {
    this.#left = [...others];
    this.#selectionIn = selectionIn;
    this.#current = this.#enter(first);
  }

  next(): Candidate | undefined {
    for (;;) {
      const candidate = this.#current.next();
      if (candidate !== undefined) return candidate;
      const offer = this.#left.shift();
      if (offer === undefined) return undefined;
      this.#soonestMs = sooner(this.#soonestMs, this.#current.soonestMs);
      this.#current = this.#enter({ ...offer, list: candidateListOf(this.#unseen(offer.list)) });
      this.onGroup?.(offer.group);
    }
  }

  get soonestMs(): number | undefined {
    return sooner(this.#soonestMs, this.#current.soonestMs);
  }

  failed(...failure: Parameters<ChannelSelection['failed']>): void {
    this.#current.failed(...failure);
  }

  passOver(...skip: Parameters<ChannelSelection['passOver']>): void {
    this.#current.passOver(...skip);
  }

  #enter(offer: GroupOffer): ChannelSelection {
    for (const { channels } of offer.list.levels) for (const { id } of channels) this.#seen.add(id);
    return this.#selectionIn(offer);
  }

  #unseen({ levels }: CandidateList) {
    return levels.flatMap(({ channels }) => channels.filter(({ id }) => !this.#seen.has(id)));
  }
}

function sooner(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
