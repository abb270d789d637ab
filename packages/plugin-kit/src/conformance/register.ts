import type { Suite } from './check.js';

/** The two functions that every test runner has: vitest, jest, `node:test`. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (title: string, body: () => void | Promise<void>) => unknown;
}

/** Hands the checks of a suite to a test runner, one test each: `register(suite, { describe, it })`. */
export function register(suite: Suite, { describe, it }: TestRunner): void {
  const subjects = [...new Set(suite.checks.map(({ subject }) => subject))];
  describe(`${suite.name} keeps the contract`, () => {
    for (const subject of subjects) {
      describe(subject, () => {
        for (const check of suite.checks) {
          if (check.subject === subject) it(check.title, async () => check.run());
        }
      });
    }
  });
}
