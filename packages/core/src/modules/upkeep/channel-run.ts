import type { ChannelBalance } from '../balances/index.js';
import type { ChangeAuthor } from '../changes/index.js';
import type { TestReport } from './channel-test.js';

export const channelRunKinds = ['test', 'balance', 'models'] as const;
export type ChannelRunKind = (typeof channelRunKinds)[number];

/** How the channels of a run are asked. Of tests: with neither model nor stream each as the schedule would. */
export interface RunWish {
  readonly model?: string | undefined;
  readonly stream?: boolean | undefined;
  /** As whom channels are changed that follow their upstreams; left out: as whoever began the run. */
  readonly author?: ChangeAuthor | undefined;
}

/** One question that is asked of many channels in the background. Times are milliseconds since 1970. */
export interface ChannelRun {
  readonly id: string;
  readonly kind: ChannelRunKind;
  /** One that was cancelled leaves those alone that were not asked yet. */
  readonly state: 'queued' | 'running' | 'done' | 'cancelled';
  /** Who began it. */
  readonly userId: string;
  readonly wish: RunWish;
  readonly startedAt: number;
  readonly finishedAt?: number;
  /** Channels that it means. */
  readonly total: number;
  /** Those of them that were asked, whatever came of it. */
  readonly done: number;
  /** Those of them that failed, or could not be asked. */
  readonly failed: number;
  /** Channels of the filter that have nothing to say of it. */
  readonly leftOut: number;
}

/** Why a channel could not even be asked. */
export interface RunProblem {
  readonly code: string;
  readonly message: string;
}

/** What became of the models of a channel. Long lists are cut; the counts are not. */
export interface ModelsFinding {
  readonly added: readonly string[];
  readonly addedCount: number;
  readonly removed: readonly string[];
  readonly removedCount: number;
}

/** What was found of one channel. */
export type RunFinding =
  | { readonly tests: readonly Omit<TestReport, 'text' | 'usage'>[] }
  /** `notAsked`: keys that were left for another run; absent where an earlier release has found it. */
  | { readonly balance: ChannelBalance; readonly notAsked?: number }
  | { readonly models: ModelsFinding }
  | { readonly problem: RunProblem };

/** One channel of a run. */
export interface ChannelRunItem {
  readonly position: number;
  readonly channelId: string;
  /** As it was when the run began. */
  readonly name: string;
  /** Absent as long as it was not asked. */
  readonly asked?: { readonly at: number; readonly ok: boolean; readonly finding: RunFinding };
}
