import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowsOf, windowUnitsMax } from './text-windows.js';

const anyText = fc
  .array(fc.constantFrom('word ', 'a', '  ', '\n', '字', '\u{1f389}', '!'.repeat(700), 'é'), { maxLength: 2_000 })
  .map((parts) => parts.join(''));

describe('the windows of a text', () => {
  it('are bounded, and are the text again when put together', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const windows = [...windowsOf(text)];
        return windows.join('') === text && windows.every((window) => window.length > 0 && window.length <= windowUnitsMax);
      }),
    );
  });

  it('never cut through a pair', () => {
    const windows = [...windowsOf(`a${'\u{1f389}'.repeat(5_000)}`)];
    expect(windows.some((window) => /\p{Surrogate}/u.test(window))).toBe(false);
  });

  it('end where a word begins', () => {
    const windows = [...windowsOf('some words of a text '.repeat(500))];
    expect(windows.slice(1).every((window) => /^ [a-z]/.test(window))).toBe(true);
  });

  it('are as many as the text is long, whatever it is', () => {
    expect([...windowsOf('a'.repeat(1_048_576))]).toHaveLength(1_024);
    expect([...windowsOf(' '.repeat(1_048_576))]).toHaveLength(1_024);
    expect([...windowsOf('ab '.repeat(349_525))].length).toBeLessThan(1_400);
  });
});
