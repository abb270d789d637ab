import type { CacheMark, CodecContext } from '@tollgate/plugin-kit';
import { isServedClaude, takesCacheMarks } from '../model-families.js';
import type { CacheFields } from './wire.js';

/** Where the mark stands: Claude's servers take it on texts only. */
type MarkedPart = 'text' | 'media';

/** The mark as `model` takes it; nothing, and said, where it takes none. */
export function encodeCacheMark(mark: CacheMark | undefined, part: MarkedPart, model: string, context: CodecContext): CacheFields {
  if (mark === undefined) return {};
  const { lifetime } = mark;
  if (takesCacheMarks(model)) {
    if (lifetime !== undefined) {
      context.lose({ field: 'cache.lifetime', how: 'coerced', why: 'The upstream gives all marks of a request the same lifetime.' });
    }
    return { prompt_cache_breakpoint: { mode: 'explicit' } };
  }
  if (isServedClaude(model) && part === 'text') {
    return { cache_control: { type: 'ephemeral', ...(lifetime === undefined ? {} : { ttl: lifetime }) } };
  }
  loseCacheMark(model, context);
  return {};
}

/** Says that there is no place for a mark. */
export function loseCacheMark(model: string, context: CodecContext): void {
  const cachesAlone = !takesCacheMarks(model) && !isServedClaude(model);
  const why = cachesAlone ? 'The upstream caches prompts by itself.' : 'Only parts of messages are marked in this dialect.';
  context.lose({ field: 'cache', how: 'dropped', why });
}
