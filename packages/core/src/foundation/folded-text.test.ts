import { describe, expect, it } from 'vitest';
import { foldedText } from './folded-text.js';

describe('folded text', () => {
  it.each([
    ['Main', 'mAIN'],
    ['Основной', 'ОСНОВНОЙ'],
    ['Ärger', 'ärger'],
    ['Λόγος', 'ΛΌΓΟΣ'],
    ['Cafe\u0301', 'CAFÉ'],
  ])('is the same for %s and %s', (one, other) => expect(foldedText(one)).toBe(foldedText(other)));

  it('has the parts of a word that the word has, wherever they stand', () => {
    expect(foldedText('Οδοσήμανση')).toContain(foldedText('ΟΔΟΣ'));
    expect(foldedText('Основной')).not.toContain(foldedText('основа'));
  });
});
