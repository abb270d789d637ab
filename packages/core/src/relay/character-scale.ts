import { characterKinds, type CharacterKind, type CharacterWeights } from '@tollgate/plugin-kit';

/** Weighs texts in tokens. */
export interface CharacterScale {
  /** Tokens of a text, not rounded. Never less for a longer text that begins alike. */
  tokensIn(text: string): number;
}

/** The kinds of a character and of the one before it, as one number. */
const kindBits = 3;
const codeUnits = 0x1_00_00;

/** First and last UTF-16 units of the scripts of China, Japan and Korea. */
const wideRanges: readonly (readonly [first: number, last: number])[] = [
  [0x11_00, 0x11_ff],
  [0x2e_80, 0x31_ff],
  [0x32_00, 0x9f_ff],
  [0xac_00, 0xd7_af],
  [0xf9_00, 0xfa_ff],
  [0xff_00, 0xff_ef],
];

const kindOfUnit = kindTable();

/**
 * Compiles weights into a table over pairs of kinds, so that a text is one walk over its UTF-16 units: no allocation, no branch. A tokenizer
 * would cost more than the rest of the call.
 */
export function characterScale(weights: CharacterWeights): CharacterScale {
  const costOfPair = pairTable(weights);
  const afterSpace = characterKinds.indexOf('space') << kindBits;
  return {
    tokensIn(text) {
      let tokens = 0;
      let before = afterSpace;
      for (let at = 0; at < text.length; at += 1) {
        const kind = kindOfUnit[text.charCodeAt(at)] as number;
        tokens += costOfPair[before | kind] as number;
        before = kind << kindBits;
      }
      return tokens;
    },
  };
}

/** A word begins where a letter follows anything but a letter: accented ones count as letters here. */
function pairTable(weights: CharacterWeights): Float64Array {
  const costs = new Float64Array(1 << (2 * kindBits));
  characterKinds.forEach((before, beforeIndex) => {
    characterKinds.forEach((kind, index) => {
      const beginsWord = kind === 'letter' && before !== 'letter' && before !== 'other';
      costs[(beforeIndex << kindBits) | index] = weights[kind] + (beginsWord ? weights.word : 0);
    });
  });
  return costs;
}

function kindTable(): Uint8Array {
  const kinds = new Uint8Array(codeUnits).fill(characterKinds.indexOf('other'));
  for (let unit = 0; unit < 0x80; unit += 1) kinds[unit] = characterKinds.indexOf(asciiKind(unit));
  for (const [first, last] of wideRanges) kinds.fill(characterKinds.indexOf('wide'), first, last + 1);
  return kinds;
}

function asciiKind(unit: number): CharacterKind {
  const character = String.fromCharCode(unit);
  if (/[A-Za-z]/.test(character)) return 'letter';
  if (/\d/.test(character)) return 'digit';
  return /\s/.test(character) ? 'space' : 'punctuation';
}
