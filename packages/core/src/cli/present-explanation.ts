import { pointsText } from '../foundation/millipoints.js';
import type { LedgerExplanation } from '../modules/ledger/index.js';

/** The story of a balance as the terminal shows it, in points. */
export function presentExplanation(username: string, explanation: LedgerExplanation): string {
  const {
    balanceMillipoints: balance,
    heldMillipoints: held,
    explainedMillipoints: explained,
    bookings,
    calls,
    openHolds,
    caps,
  } = explanation;
  return [
    `${username} owns ${points(balance)} points, ${points(held)} of them set aside for running calls.`,
    ...section(
      'Bookings',
      bookings.map(({ at, kind, reference, amountMillipoints, reason }) =>
        [timeText(at), signed(amountMillipoints), kind, reference, ...(reason === undefined ? [] : [`"${reason}"`])].join('  '),
      ),
    ),
    ...section('Calls by day and model', calls.map(callsText)),
    ...section(
      'Open holds',
      openHolds.map(
        ({ id, requestId, amountMillipoints, since }) =>
          `${timeText(since)}  ${points(amountMillipoints)}  hold ${id} of call ${requestId}`,
      ),
    ),
    ...section(
      'Spend caps',
      caps.map(
        ({ id, spentMillipoints, heldMillipoints, endsAt }) =>
          `${id}: ${points(spentMillipoints)} spent, ${points(heldMillipoints)} set aside, until ${timeText(endsAt)}`,
      ),
    ),
    explained === balance
      ? `It adds up: bookings less calls are ${points(explained)} points.`
      : `It does NOT add up: bookings less calls are ${points(explained)} points. Run verify-ledger.`,
  ].join('\n');
}

function callsText({ day, model, calls, failures, costMillipoints, uncollectedMillipoints }: LedgerExplanation['calls'][number]): string {
  const unpaid = uncollectedMillipoints === '0' ? '' : `, ${points(uncollectedMillipoints)} uncollected`;
  return `${day}  ${signed(`-${costMillipoints}`)}  ${model}: ${calls} ${calls === 1 ? 'call' : 'calls'}, ${failures} failed${unpaid}`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

function points(millipoints: string): string {
  return pointsText(BigInt(millipoints));
}

function signed(millipoints: string): string {
  const amount = BigInt(millipoints);
  return amount > 0n ? `+${pointsText(amount)}` : pointsText(amount);
}

function timeText(moment: string): string {
  return moment.slice(0, 19).replace('T', ' ');
}
