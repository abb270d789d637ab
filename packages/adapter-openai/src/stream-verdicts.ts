import { type Verdict, verdictForKind } from '@tollgate/plugin-kit';

/** The connection broke before the answer was complete. */
export function cutVerdict(): Verdict {
  return verdictForKind('network', 502, 'The upstream broke off its answer.', 'upstream_cut');
}

/** The upstream ended its response without having said anything. */
export function emptyVerdict(): Verdict {
  return verdictForKind('server', 502, 'The upstream sent an empty answer.', 'upstream_empty');
}
