import {
  emptyUsage,
  inputTokens,
  outputTokens,
  requestCounters,
  tokenCount,
  type Usage,
  type UsageBucket,
  usageBuckets,
} from '@tollgate/plugin-kit';

/** What bounds an upstream's claim, known from the bytes that went and came. */
export interface UsageFacts {
  readonly requestBytes: number;
  readonly answerBytes: number;
  /** True if the request names things that its bytes do not hold: stored conversations, files, addresses. */
  refersElsewhere(): boolean;
  /** Model and caller may allow more output than one would think. */
  readonly outputTokensMax: number | undefined;
  /** What a request to rerank may come to; undefined for all others. */
  readonly searchUnitsMax: number | undefined;
}

/** More tokens than this in one direction is no true report of one call. */
const tokensMax = 10_000_000;
/** What vendors add to a request unseen: templates, instructions of tools, what their own searches found. */
const unseenInputTokensMax = 65_536;
/** Thinking that is billed and not shown. */
const unseenOutputTokensMax = 131_072;
/** More uses of one tool of a vendor than this, or searches, are no true report of one call. */
const requestsMax = 1_000;

/** Figures as they may be charged, and whether they had to be changed for it. */
export interface BoundedUsage {
  readonly usage: Usage;
  readonly isBounded: boolean;
}

/** No language and no tokenizer makes more than one token of a byte: what is stated above that, and above what may be unseen, is cut. */
export function boundedUsage(figures: Partial<Usage>, facts: UsageFacts): BoundedUsage {
  const usage = cleanUsage(figures);
  let isBounded = cutRequests(usage, facts);
  const input = inputTokens(usage);
  const output = outputTokens(usage);
  const inputMax = input > facts.requestBytes + unseenInputTokensMax ? inputTokensMax(usage, facts) : tokensMax;
  if (input > inputMax) {
    isBounded = true;
    shrink(usage, inputBuckets, inputMax / input);
  }
  const outputMax = Math.min(tokensMax, facts.answerBytes + Math.max(unseenOutputTokensMax, facts.outputTokensMax ?? 0));
  if (output > outputMax) {
    isBounded = true;
    shrink(usage, outputBuckets, outputMax / output);
  }
  return { usage, isBounded };
}

/** What tools find comes into the prompt; a search of documents brings nothing that the request does not hold. */
const toolCounters = requestCounters.filter((counter) => counter !== 'searchUnits');
const inputBuckets = usageBuckets.filter((bucket) => bucket.startsWith('input'));
const outputBuckets = usageBuckets.filter((bucket) => bucket.startsWith('output'));

function cleanUsage(figures: Partial<Usage>): Usage {
  const usage: Usage = { ...emptyUsage(), ...figures };
  for (const bucket of usageBuckets) usage[bucket] = tokenCount(usage[bucket]);
  return usage;
}

/** True if more uses of a tool, or searches, were stated than one call can make. */
function cutRequests(usage: Usage, { searchUnitsMax = requestsMax }: UsageFacts): boolean {
  let isCut = false;
  for (const counter of requestCounters) {
    const requests = usage[counter];
    if (requests === undefined) continue;
    const most = counter === 'searchUnits' ? searchUnitsMax : requestsMax;
    usage[counter] = Math.min(tokenCount(requests), most);
    isCut ||= requests > most;
  }
  return isCut;
}

function inputTokensMax(usage: Usage, facts: UsageFacts): number {
  const bringsMore = usage.inputServerTool > 0 || toolCounters.some((counter) => (usage[counter] ?? 0) > 0) || facts.refersElsewhere();
  return bringsMore ? tokensMax : Math.min(tokensMax, facts.requestBytes + unseenInputTokensMax);
}

/** In the proportion in which they were stated: a claim beyond belief says nothing better. */
function shrink(usage: Usage, buckets: readonly UsageBucket[], factor: number): void {
  for (const bucket of buckets) usage[bucket] = Math.floor(usage[bucket] * factor);
}

/** True if a whole number in what a vendor stated is below zero: fractions are times and prices, which may be anything. */
export function holdsNegativeCount(stated: unknown, depth = 0): boolean {
  if (typeof stated === 'number') return stated < 0 && Number.isInteger(stated);
  if (typeof stated !== 'object' || stated === null || depth > 3) return false;
  for (const key in stated) if (holdsNegativeCount((stated as Record<string, unknown>)[key], depth + 1)) return true;
  return false;
}
