import type { ChannelDirectory } from '../modules/channels/index.js';
import {
  ChannelSelection,
  type RoutingStrategy,
  routingSettings,
  type SelectedConversation,
  type SelectionParts,
  strategyFor,
  TraceWriter,
} from '../modules/routing/index.js';
import type { Settings } from '../modules/settings/index.js';
import { AutoSelection, type GroupOffer, type Selection } from './auto-selection.js';

export interface CallSelectionsDoors {
  readonly settings: Settings;
  readonly channels: Pick<ChannelDirectory, 'candidatesFor'>;
  readonly parts: SelectionParts;
}

/** What decides a selection beside the model and what groups offer. */
export interface SelectionFacts {
  /** What the call goes on with; asked only where there is something to choose. */
  readonly conversation: () => SelectedConversation | undefined;
  /** True where the one channel offered is the one at which something lives that the request names. */
  readonly isBound: boolean;
}

/** How the channels of a call are found, for calls and for those that only ask where one would go. */
export class CallSelections {
  readonly #doors: CallSelectionsDoors;

  constructor(doors: CallSelectionsDoors) {
    this.#doors = doors;
  }

  /** Of the groups that offer the model, in their order; none if none does. */
  offersFor(model: string, groups: readonly string[]): readonly GroupOffer[] {
    const offers: GroupOffer[] = [];
    for (const group of groups) {
      const list = this.#doors.channels.candidatesFor(model, group);
      if (list.size > 0) offers.push({ group, list });
    }
    return offers;
  }

  strategyIn(group: string, model: string): RoutingStrategy {
    return strategyFor(this.#doors.settings.current(routingSettings), model, group);
  }

  /** @param offers at least one */
  traceOf(model: string, offers: readonly GroupOffer[]): TraceWriter {
    const candidates = offers.reduce((sum, { list }) => sum + list.size, 0);
    return new TraceWriter(this.strategyIn((offers[0] as GroupOffer).group, model), candidates);
  }

  /** @param offers at least one */
  selectionOf(
    model: string,
    offers: readonly GroupOffer[],
    { conversation, isBound }: SelectionFacts,
    trace: TraceWriter,
    parts = this.#doors.parts,
  ): Selection {
    const selectionIn = ({ group, list }: GroupOffer): ChannelSelection => {
      const [level] = list.levels;
      const isChoice = !isBound && (list.size > 1 || (level?.channels[0]?.keys.length ?? 0) > 1);
      const wish = {
        model,
        strategy: this.strategyIn(group, model),
        conversation: isChoice ? conversation() : undefined,
        isBound,
        group: offers.length === 1 ? undefined : group,
      };
      return new ChannelSelection(list, wish, parts, trace);
    };
    return offers.length === 1 ? selectionIn(offers[0] as GroupOffer) : new AutoSelection(offers, selectionIn);
  }
}
