import { type CandidateList, candidateListOf, type Channel } from '../modules/channels/index.js';
import type { Candidate, ChannelSelection } from '../modules/routing/index.js';

/** What one group has for a call; never of nothing. */
export interface GroupOffer {
  readonly group: string;
  readonly list: CandidateList;
}

/** Hands out the channels that are tried for a call. */
export type Selection = Pick<
  ChannelSelection,
  'next' | 'beside' | 'failed' | 'passOver' | 'full' | 'isStillFree' | 'giveBack' | 'answered' | 'startAgain' | 'soonestMs'
>;

/** Goes through several groups: the next one begins where no channel of the one before is left. What was tried in one is not tried in another. */
export class AutoSelection implements Selection {
  /** Told the group of each candidate before it is handed out. */
  onGroup: ((group: string) => void) | undefined;
  readonly #offers: readonly GroupOffer[];
  readonly #selectionIn: (offer: GroupOffer) => ChannelSelection;
  /** Of the groups that were entered, in their order. */
  readonly #selections: ChannelSelection[] = [];
  #at = 0;

  /**
   * @param offers at least one
   * @param selectionIn makes the selection inside one group
   */
  constructor(offers: readonly GroupOffer[], selectionIn: (offer: GroupOffer) => ChannelSelection) {
    this.#offers = offers;
    this.#selectionIn = selectionIn;
  }

  next(): Candidate | undefined {
    for (; ; this.#at += 1) {
      const candidate = this.#current.next();
      if (candidate !== undefined) this.onGroup?.((this.#offers[this.#at] as GroupOffer).group);
      if (candidate !== undefined || this.#at === this.#offers.length - 1) return candidate;
    }
  }

  /** In the same group, so that whichever answers costs the same. */
  beside(...asked: Parameters<ChannelSelection['beside']>): Candidate | undefined {
    return this.#current.beside(...asked);
  }

  get soonestMs(): number | undefined {
    const known = this.#selections.flatMap(({ soonestMs }) => soonestMs ?? []);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  failed(...failure: Parameters<ChannelSelection['failed']>): void {
    this.#current.failed(...failure);
  }

  passOver(...skip: Parameters<ChannelSelection['passOver']>): void {
    this.#current.passOver(...skip);
  }

  full(...refusal: Parameters<ChannelSelection['full']>): void {
    this.#current.full(...refusal);
  }

  isStillFree(candidate: Candidate): boolean {
    return this.#current.isStillFree(candidate);
  }

  giveBack(candidate: Candidate): void {
    this.#current.giveBack(candidate);
  }

  answered(...answer: Parameters<ChannelSelection['answered']>): void {
    this.#current.answered(...answer);
  }

  startAgain(): void {
    for (const selection of this.#selections) selection.startAgain();
    this.#at = 0;
  }

  get #current(): ChannelSelection {
    return (this.#selections[this.#at] ??= this.#enter(this.#offers[this.#at] as GroupOffer));
  }

  /** The first group's list is handed on as it is: nothing is made for each channel as long as it serves. */
  #enter({ group, list }: GroupOffer): ChannelSelection {
    const earlier = this.#offers.slice(0, this.#at).map((offer) => offer.list);
    if (earlier.length === 0) return this.#selectionIn({ group, list });
    const isNew = ({ id }: Channel): boolean => !earlier.some((other) => other.find(id) !== undefined);
    const unseen = list.levels.flatMap(({ channels }) => channels.filter(isNew));
    return this.#selectionIn({ group, list: unseen.length === list.size ? list : candidateListOf(unseen) });
  }
}
