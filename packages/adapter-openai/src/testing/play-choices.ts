import { type CanonicalSink, verdictForKind } from '@tollgate/plugin-kit';

/** Makes each number one legal call of a sink: opening, filling or closing a block. */
export function playChoices(sink: CanonicalSink, choices: readonly number[], fails: boolean): void {
  const open: { readonly index: number; readonly type: 'text' | 'thinking' | 'tool-call' }[] = [];
  let nextIndex = 0;
  sink.start('id-1', 'm');
  for (const choice of choices) {
    const block = open[choice % Math.max(1, open.length)];
    if (choice < 30 || block === undefined) {
      const index = nextIndex++;
      const type = (['text', 'thinking', 'tool-call', undefined] as const)[choice % 4];
      if (type === undefined) sink.wholeBlock(index, { type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'QUJD' } });
      else {
        const freeform = choice % 8 > 3 ? { freeform: true as const } : {};
        sink.openBlock(index, type === 'tool-call' ? { type, id: `c${index}`, name: choice < 15 ? 'x' : 'patch', ...freeform } : { type });
        open.push({ index, type });
      }
    } else if (choice < 60) {
      if (block.type === 'tool-call') sink.argumentsDelta(block.index, '{}');
      else sink.textDelta(block.index, 'x');
    } else if (choice < 70) {
      if (block.type === 'text' && choice < 65) sink.citation(block.index, { url: 'https://example.org' });
      else sink.seal(block.index, { vendor: 'anthropic', value: 's' });
    } else if (choice < 75) sink.usage({ outputText: choice });
    else {
      sink.closeBlock(block.index);
      open.splice(open.indexOf(block), 1);
    }
  }
  if (fails) return sink.fail(verdictForKind('server', 500, 'No.', 'x'));
  for (const { index } of open) sink.closeBlock(index);
  sink.stop('end');
}
