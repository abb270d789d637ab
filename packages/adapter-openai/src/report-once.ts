import type { CodecContext } from '@tollgate/plugin-kit';

/** The same context, but a field that is lost in a hundred messages is reported once. */
export function reportOnce(context: CodecContext): CodecContext {
  const reported = new Set<string>();
  return {
    model: context.model,
    newId: (prefix) => context.newId(prefix),
    now: () => context.now(),
    lose(loss) {
      if (reported.has(loss.field)) return;
      reported.add(loss.field);
      context.lose(loss);
    },
  };
}
