import type { Awaitable } from '../hooks.js';

/** What a plugin can earn, lowest first. docs/write-a-provider.md has the rules. */
export const levels = ['bronze', 'silver', 'gold'] as const;

export type Level = (typeof levels)[number];

/** One promise of the contract, put to the test. */
export interface Check {
  /** The part that it is about: `dialect moon-chat`. */
  readonly subject: string;
  /** A sentence about the subject. */
  readonly title: string;
  /** The lowest level that needs it. */
  readonly level: Level;
  /** @throws Error that says what is broken. */
  run(): Awaitable<void>;
}

/** Evidence that a level asks for and that is not there. */
export interface Missing {
  readonly subject: string;
  readonly level: Level;
  /** What to do about it. */
  readonly remedy: string;
}

/** The checks that apply to one part or to a whole plugin. Nothing runs before it is asked to. */
export interface Suite {
  readonly name: string;
  readonly checks: readonly Check[];
  readonly missing: readonly Missing[];
}

/** Several suites as one. */
export function joinSuites(name: string, suites: readonly Suite[]): Suite {
  return { name, checks: suites.flatMap(({ checks }) => checks), missing: suites.flatMap(({ missing }) => missing) };
}

/** Makes the checks of one subject. */
export function checksOf(subject: string, level: Level, checks: Readonly<Record<string, () => Awaitable<void>>>): readonly Check[] {
  return Object.entries(checks).map(([title, run]) => ({ subject, title, level, run }));
}
