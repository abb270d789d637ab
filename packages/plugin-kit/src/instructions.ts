import type { JsonObject } from './canonical.js';

/** What an operator wants every model of a channel to be told, beside or in the place of the caller's own instructions. */
export interface Instructions {
  readonly text: string;
  /** `set` replaces the caller's, `prepend` and `append` stand beside them, `when-absent` gives way to them. */
  readonly how: 'set' | 'prepend' | 'append' | 'when-absent';
}

/**
 * Puts instructions where a dialect keeps them: as a text, or as a list of blocks. Never throws, whatever stands there.
 * @param blockOf a text as one of such blocks
 */
export function withInstructions(given: unknown, { text, how }: Instructions, blockOf: (text: string) => JsonObject): unknown {
  const isText = typeof given === 'string' && given !== '';
  const isList = Array.isArray(given) && given.length > 0;
  if (!isText && !isList) return text;
  switch (how) {
    case 'when-absent':
      return given;
    case 'set':
      return isText ? text : [blockOf(text)];
    case 'prepend':
      return isText ? `${text}\n\n${given}` : [blockOf(text), ...(given as unknown[])];
    case 'append':
      return isText ? `${given}\n\n${text}` : [...(given as unknown[]), blockOf(text)];
  }
}
