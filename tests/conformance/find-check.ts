import type { Check, Suite } from '@tollgate/plugin-kit/conformance';

/** The one check of a suite whose title contains a text. */
export function findCheck(suite: Suite, text: string): Check {
  const found = suite.checks.filter(({ title }) => title.includes(text));
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} checks of ${suite.name} are about "${text}".`);
  return first;
}

/** What a check finds wrong; undefined where it passes. */
export async function problemOf(check: Check): Promise<string | undefined> {
  try {
    await check.run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
