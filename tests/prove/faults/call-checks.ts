import { usageBuckets } from '@tollgate/plugin-kit';
import type { CallFacts } from './call-facts.js';
import type { Checks } from './checks.js';
import { extensionTokens } from './fault-document.js';
import type { CallKind } from './fault-plan.js';
import { statedUsage, wordsOf } from './fault-upstream.js';
import { canEndSo, endIn } from './possible-ends.js';
import type { WitnessedReceipt } from './receipt-row.js';

const millipointsPerToken = 1_000n;
/** What a whole answer costs whose usage is stated. */
const fullCost = BigInt(statedUsage.prompt_tokens + statedUsage.completion_tokens) * millipointsPerToken;

/** The one question of all calls, counted or estimated. */
const questionTokens = { min: 8, max: 16 } as const;
/** Our estimate of a word is a little above one token. */
const tokensPerWordMax = 1.25;
const estimateSlackTokens = 1;
/** Four words and a space at the end, by the tokenizer of the model. */
const countedOutputTokens = 5;

/** One way to the upstream of each kind, but for `failover` and `hedged`. */
const attemptsMax = (kind: CallKind): number => (kind === 'failover' || kind === 'hedged' ? 2 : 1);

/** Compares what the caller saw, what the upstream got, and what the receipts say. */
export function checkCall(facts: CallFacts, receipts: readonly WitnessedReceipt[], checks: Checks): void {
  const named = `${facts.call.kind} of ${facts.call.caller}`;
  checks.that(facts.call.status !== 402, `${named} was told that its quota is used up`);
  for (const receipt of receipts) checkReceipt(named, facts, receipt, checks);
  if (facts.call.kind === 'keyed') checkKeyed(named, facts, receipts, checks);
  else checkSingle(named, facts, receipts, checks);
}

function checkSingle(named: string, { call, requests }: CallFacts, receipts: readonly WitnessedReceipt[], checks: Checks): void {
  checks.that(receipts.length <= 1, `${named} has ${receipts.length} receipts`);
  const [receipt] = receipts;
  if (receipt === undefined) {
    checks.that(requests === 0, `${named} reached the upstream and has no receipt`);
    checks.that(!call.complete, `${named} was answered and has no receipt`);
    return;
  }
  if (receipt.outcome !== 'lost') checkRequests(named, requests, receipts, checks);
  if (call.complete) checkAnswered(named, receipt, checks);
}

/** Each repetition that was made has a receipt, and one of them at most costs something. */
function checkKeyed(named: string, { call, requests }: CallFacts, receipts: readonly WitnessedReceipt[], checks: Checks): void {
  const charged = receipts.filter((receipt) => receipt.cost > 0n);
  const isSwept = receipts.some((receipt) => receipt.outcome === 'lost');
  checks.that(charged.length <= 1, `${named} was charged ${charged.length} times`);
  checks.that(receipts.length >= requests, `${named} has ${requests} requests at the upstream and ${receipts.length} receipts`);
  if (!isSwept) checkRequests(named, requests, receipts, checks);
  if (call.complete && !isSwept)
    checks.that(charged[0]?.cost === fullCost, `${named} was answered whole and costs ${charged[0]?.cost} instead of ${fullCost}`);
}

function checkAnswered(named: string, { outcome, ending }: WitnessedReceipt, checks: Checks): void {
  const isWhole = outcome === 'lost' || ending === 'complete' || ending === 'no-usage';
  checks.that(isWhole, `${named} was answered whole, and its receipt says ${outcome}, ${ending}`);
}

function checkReceipt(named: string, facts: CallFacts, receipt: WitnessedReceipt, checks: Checks): void {
  const { call, requests, mayBeKilled } = facts;
  checks.that(canEndSo(facts, receipt), `${named} cannot have ended so: ${endIn(receipt)}`);
  const isBelieved = receipt.outcome !== 'ok' || call.complete || call.clientLeft || mayBeKilled;
  checks.that(isBelieved, `${named} is said to be whole, and its caller had no whole answer`);
  checks.that(requests > 0 || receipt.cost === 0n, `${named} costs ${receipt.cost} and never reached the upstream`);
  checkCharge(named, call.kind, receipt, checks);
  checkAttempts(named, call.kind, receipt, checks);
  checkGrowth(named, call.kind, receipt, checks);
}

/** Usage and cost, by the policy that the receipt names. */
function checkCharge(named: string, kind: CallKind, receipt: WitnessedReceipt, checks: Checks): void {
  const { usage, policy, cost, uncollected, suspicious } = receipt;
  const { inputText: input, outputText: output } = usage;
  const tokens = usageBuckets.reduce((sum, bucket) => sum + usage[bucket], 0);
  const said = `${named} is charged ${cost} for ${input} in and ${output} out by ${policy}`;
  checks.that(tokens === input + output, `${said}, and its usage has more than text`);
  checks.that(cost === BigInt(tokens) * millipointsPerToken, `${said}, which is not the price of its usage`);
  checks.that(uncollected === 0n && !suspicious, `${said}, and balances are ample and figures true`);
  checks.that(isPossibleUsage(kind, receipt, input, output), `${said}, which cannot have been used`);
}

function isPossibleUsage(kind: CallKind, { policy, estimated }: WitnessedReceipt, input: number, output: number): boolean {
  const isQuestion = input >= questionTokens.min && input <= questionTokens.max;
  switch (policy) {
    case 'upstream-actual':
      return !estimated && input === statedUsage.prompt_tokens && output === statedUsage.completion_tokens;
    case 'delivered':
      return estimated && isQuestion && output > 0 && output <= deliverableTokens(kind);
    case 'counted':
      return estimated && isQuestion && output === countedOutputTokens;
    default:
      return input === 0 && output === 0;
  }
}

/** What the upstream of the kind can have delivered before it stated its usage, by our estimate. */
function deliverableTokens(kind: CallKind): number {
  const place = kind === 'keyed' ? 'stream' : kind;
  const words = place in wordsOf ? wordsOf[place as keyof typeof wordsOf] : 0;
  return words * tokensPerWordMax + estimateSlackTokens;
}

/** Every attempt but one has failed, and that one as the ending says; it is the last one where no two run at once. */
function checkAttempts(
  named: string,
  kind: CallKind,
  { attempts, ending, outcome, reachedClient }: WitnessedReceipt,
  checks: Checks,
): void {
  const said = `${named} ended as ${ending} after ${JSON.stringify(attempts)}`;
  if (outcome === 'lost') {
    checks.that(attempts.length === 0, `${said}, of which a sweep cannot know`);
    return;
  }
  const isWhole = ending === 'complete' || ending === 'no-usage';
  const lastFailed = ending === 'failed' || ending === 'upstream-cut';
  const isHedged = kind === 'hedged';
  const last = (isHedged ? attempts.find(({ failure }) => failure === undefined) : undefined) ?? attempts.at(-1);
  const mayBeFewer = !isWhole || isHedged;
  const isRightNumber = mayBeFewer ? attempts.length >= 1 && attempts.length <= attemptsMax(kind) : attempts.length === attemptsMax(kind);
  const haveFailedBefore = attempts.every((attempt) => attempt === last || attempt.failure !== undefined);
  checks.that(isRightNumber, `${said}, which are not as many as there must be`);
  checks.that(haveFailedBefore && (last?.failure !== undefined) === lastFailed, `${said}, which have not failed as they must have`);
  checks.that(!reachedClient || last?.status === 200, `${said}, though an answer had begun`);
  const areUnpaid = attempts.every(({ usage, charged }) => usage === undefined && charged === undefined);
  checks.that(areUnpaid, `${said}, and none that fails here states usage`);
}

/** A hold grows with what is delivered. */
function checkGrowth(named: string, kind: CallKind, { extensions }: WitnessedReceipt, checks: Checks): void {
  const tokensMax = kind === 'outgrows' ? deliverableTokens(kind) : 0;
  checks.that(extensions * extensionTokens <= tokensMax, `the hold of ${named} grew ${extensions} times`);
}

/** A request that the upstream got has an attempt; an attempt that it did not get has lost its connection before. */
function checkRequests(named: string, requests: number, receipts: readonly WitnessedReceipt[], checks: Checks): void {
  const attempts = receipts.flatMap((receipt) => receipt.attempts);
  const said = `${named} has ${requests} requests at the upstream and ${attempts.length} attempts in its receipts`;
  const early = ['upstream_connection_failed', 'hedge_lost'];
  const unconnected = attempts.filter(({ failure = '', status }) => early.includes(failure) && status === undefined);
  checks.that(attempts.length >= requests, said);
  checks.that(attempts.length - unconnected.length <= requests, `${said}, ${unconnected.length} of them without a connection`);
}
