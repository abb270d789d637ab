import type { CanonicalRequest, CodecContext, Loss } from '@tollgate/plugin-kit';
import { geminiId } from './wire.js';

/** Says aloud, once per top-level field, what other dialects' clients sent and this one has no words for. */
export function loseForeignExtensions(request: CanonicalRequest, context: CodecContext): void {
  for (const [dialect, fields] of Object.entries(request.extensions ?? {})) {
    if (dialect === geminiId) continue;
    for (const field of Object.keys(fields)) context.lose({ field, how: 'dropped', why: `Only ${dialect} knows this field.` });
  }
}

/** Passes on each loss of a field once, however many blocks it is lost on. */
export function losingOnce(context: CodecContext): (loss: Loss) => void {
  const said = new Set<string>();
  return (loss) => {
    if (said.has(loss.field)) return;
    said.add(loss.field);
    context.lose(loss);
  };
}
