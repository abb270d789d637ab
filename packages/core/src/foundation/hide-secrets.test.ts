import { describe, expect, it } from 'vitest';
import { hideSecrets } from './hide-secrets.js';

describe('hidden secrets', () => {
  it('are gone from a text, however they are written', () => {
    const secret = 'p@ss "word"';
    const text = `as it is ${secret}, in a URL ${encodeURIComponent(secret)}, in JSON ${JSON.stringify(secret)}`;
    expect(hideSecrets(text, [secret])).toBe('as it is (hidden), in a URL (hidden), in JSON "(hidden)"');
  });

  it('take no words apart that are as short as words are', () => expect(hideSecrets('Not an arm.', ['arm'])).toBe('Not an arm.'));
});
