import { type Check, type Level, levels, type Missing, type Suite } from './check.js';

export interface CheckResult {
  readonly subject: string;
  readonly title: string;
  readonly level: Level;
  /** What is broken; absent where the check passed. */
  readonly problem?: string;
}

/** What the checks of a suite found. */
export interface ConformanceReport {
  readonly name: string;
  /** The highest level that is reached; `none` where a check of the lowest fails. */
  readonly badge: Level | 'none';
  readonly passed: number;
  readonly failed: number;
  readonly results: readonly CheckResult[];
  readonly missing: readonly Missing[];
}

/** Runs all checks of a suite one after another, without any test runner. */
export async function runSuite(suite: Suite): Promise<ConformanceReport> {
  const results: CheckResult[] = [];
  for (const check of suite.checks) results.push(await resultOf(check));
  const failed = results.filter(({ problem }) => problem !== undefined);
  return {
    name: suite.name,
    badge: badgeFor(failed, suite.missing),
    passed: results.length - failed.length,
    failed: failed.length,
    results,
    missing: suite.missing,
  };
}

async function resultOf({ subject, title, level, run }: Check): Promise<CheckResult> {
  try {
    await run();
    return { subject, title, level };
  } catch (error) {
    return { subject, title, level, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** A level is reached when nothing that it or a lower one asks for has failed or is missing. */
function badgeFor(failed: readonly CheckResult[], missing: readonly Missing[]): Level | 'none' {
  const hindered = new Set([...failed, ...missing].map(({ level }) => level));
  const first = levels.findIndex((level) => hindered.has(level));
  return (first < 0 ? levels.at(-1) : levels[first - 1]) ?? 'none';
}
