import { type CodecContext, type Dialect, extendDialect, type JsonObject } from '@tollgate/plugin-kit';
import { type Habit, habits } from './habits/index.js';
import type { PresetSpeech } from './preset.js';
import { spokenDialects } from './spoken-dialects.js';

type Edit = NonNullable<Habit['edit']>;

/** The dialect of a speech: the vendor's own, or one of the name `id` with what the place wants otherwise. */
export function dialectOf({ dialect, habits: names = [], refuses = [] }: PresetSpeech, id: string): Dialect {
  const base: Dialect = spokenDialects[dialect];
  if (names.length + refuses.length === 0) return base;
  const wanted: Habit[] = names.map((name) => habits[name]);
  const edits = wanted.flatMap(({ edit }) => edit ?? []);
  const leaveOut = editWithout(refuses);
  if (edits.length > 0) edits.push(leaveOut);
  else wanted.push({ encode: afterwards(leaveOut) });
  const extended = extendDialect(base, { id, ...(edits.length === 0 ? {} : { edits: { request: inOrder(edits) } }) });
  const encodeRequest = wanted.reduce((next, { encode }) => encode?.(next) ?? next, base.upstream.encodeRequest);
  return { ...extended, upstream: { ...extended.upstream, encodeRequest } };
}

function inOrder(edits: readonly Edit[]): Edit {
  return (body, context) => {
    for (const edit of edits) edit(body, context);
  };
}

function afterwards(edit: Edit): NonNullable<Habit['encode']> {
  return (next) => (request, context) => {
    const body = next(request, context);
    edit(body, context);
    return body;
  };
}

function editWithout(fields: readonly string[]): Edit {
  return (body: JsonObject, context: CodecContext) => {
    for (const field of fields) {
      if (body[field] === undefined) continue;
      delete body[field];
      context.lose({ field, how: 'dropped', why: 'The place refuses requests that have it.' });
    }
  };
}
