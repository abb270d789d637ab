import { pointsText } from '../foundation/millipoints.js';
import type { LedgerExplanation } from '../modules/ledger/index.js';

/** The story of a balance as the terminal shows it, in points. */
export function presentExplanation(username: string, explanation: LedgerExplanation): string {
  const { balance, held, bookings, calls, openHolds, caps, explained } = explanation;
  return [
    `${username} owns ${points(balance)} points, ${points(held)} of them set aside for running calls.`,
    ...section(
      'Bookings',
      bookings.map(({ at, kind, reference, amount, reason }) =>
        [timeText(at), signed(amount), kind, reference, ...(reason === undefined ? [] : [`"${reason}"`])].join('  '),
      ),
    ),
    ...section(
      'Calls by day and model',
      calls.map(({ day, model, calls: count, failures, cost, uncollected }) => {
        const unpaid = uncollected === '0' ? '' : `, ${points(uncollected)} uncollected`;
        return `${day}  ${signed(`-${cost}`)}  ${model}: ${count} calls, ${failures} failed${unpaid}`;
      }),
    ),
    ...section(
      'Open holds',
      openHolds.map(({ id, requestId, amount, since }) => `${timeText(since)}  ${points(amount)}  hold ${id} of call ${requestId}`),
    ),
    ...section(
      'Spend caps',
      caps.map(
        ({ id, spent, held: onCap, endsAt }) => `${id}: ${points(spent)} spent, ${points(onCap)} set aside, until ${timeText(endsAt)}`,
      ),
    ),
    explained === balance
      ? `It adds up: bookings less calls are ${points(explained)} points.`
      : `It does NOT add up: bookings less calls are ${points(explained)} points. Run verify-ledger.`,
  ].join('\n');
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

function timeText(moment: number): string {
  return new Date(moment).toISOString().slice(0, 19).replace('T', ' ');
}
