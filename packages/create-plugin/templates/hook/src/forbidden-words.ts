import type { CanonicalRequest, Hooks } from '@tollgate/plugin-kit';
import { deny } from '@tollgate/plugin-kit';

/** Refuses requests in which one of the words stands; upper and lower case are one. */
export function forbiddenWordsGate(words: readonly string[]): Hooks['onRequest'] {
  const forbidden = words.map((word) => word.toLowerCase());
  return (call) => {
    const text = textOf(call.canonical()).toLowerCase();
    if (forbidden.some((word) => text.includes(word))) throw deny(403, 'forbidden_word', 'The request contains a forbidden word.');
  };
}

/** All texts of a request, in whatever language the client spoke; none where it is not one for generation. */
function textOf(request: CanonicalRequest | undefined): string {
  const blocks = request?.turns.flatMap((turn) => turn.blocks) ?? [];
  return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
}
