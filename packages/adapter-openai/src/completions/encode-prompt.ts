import type { Block, CodecContext, TextBlock, Turn } from '@tollgate/plugin-kit';

const speakers: Readonly<Record<Turn['role'], string>> = { system: 'System', user: 'User', assistant: 'Assistant' };

interface Speech {
  readonly role: Turn['role'];
  readonly text: string;
}

/** The text to be completed: what a user said alone, else the conversation written down like a play, up to the model's next line. */
export function encodePrompt(turns: readonly Turn[], context: CodecContext): string {
  const speeches = turns.map(({ role, blocks }): Speech => ({ role, text: textOf(blocks, context) })).filter(({ text }) => text !== '');
  const [only] = speeches;
  if (only === undefined || (speeches.length === 1 && only.role === 'user')) return only?.text ?? '';
  context.lose({ field: 'turns', how: 'emulated', why: 'This dialect has one text for a prompt: who says what is written into it.' });
  const lines = speeches.map(({ role, text }) => `${speakers[role]}: ${text}`);
  return [...lines, `${speakers.assistant}:`].join('\n\n');
}

function textOf(blocks: readonly Block[], context: CodecContext): string {
  for (const { cache, seal } of blocks) {
    if (cache !== undefined) context.lose({ field: 'cache', how: 'dropped', why: 'This dialect has no marks for a cache.' });
    if (seal !== undefined) context.lose({ field: 'seal', how: 'dropped', why: 'This dialect has no place for what a vendor has sealed.' });
  }
  const texts = blocks.filter((block): block is TextBlock => block.type === 'text');
  for (const { type } of blocks) {
    if (type !== 'text') context.lose({ field: `${type} block`, how: 'dropped', why: 'A prompt holds text only in this dialect.' });
  }
  return texts
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join('\n\n');
}
