import { describe, expect, it } from 'vitest';
import type { Check, Level, Missing } from './check.js';
import { reportText } from './command/report-text.js';
import { runSuite } from './run-suite.js';

function check(level: Level, problem?: string): Check {
  return {
    subject: 'dialect moon',
    title: `keeps a promise of ${level}`,
    level,
    run() {
      if (problem !== undefined) throw new Error(problem);
    },
  };
}

const missing = (level: Level): Missing => ({ subject: 'dialect moon', level, remedy: `Record something for ${level}.` });

describe('a badge', () => {
  it.each<readonly [string, readonly Check[], readonly Missing[]]>([
    ['gold', [check('bronze'), check('silver'), check('gold')], []],
    ['silver', [check('bronze'), check('silver'), check('gold', 'no')], []],
    ['silver', [check('bronze'), check('silver')], [missing('gold')]],
    ['bronze', [check('bronze')], [missing('silver'), missing('gold')]],
    ['bronze', [check('bronze'), check('silver', 'no'), check('gold')], []],
    ['none', [check('bronze', 'no'), check('silver'), check('gold')], []],
  ])('is %s where nothing up to it fails or is missing', async (badge, checks, lacks) => {
    expect((await runSuite({ name: 'moon', checks, missing: lacks })).badge).toBe(badge);
  });

  it('is told with what failed, why, and what the next one asks for', async () => {
    const checks = [check('bronze'), check('bronze', 'first line\nsecond line')];
    const text = reportText(await runSuite({ name: 'moon', checks, missing: [missing('silver'), missing('gold')] }));
    expect(text).toMatch(/dialect moon +✗ 1\/2 +– +–/);
    expect(text).toContain('✗ dialect moon keeps a promise of bronze\n    first line\n    second line');
    expect(text).toContain('For silver:\n  dialect moon: Record something for silver.');
    expect(text).not.toContain('for gold');
    expect(text).toContain('Badge: none (1 passed, 1 failed)');
  });
});
