import type { CanonicalRequest, CodecContext, JsonObject } from '@tollgate/plugin-kit';

/** Fields that chat and responses both know, by the same name and with the same meaning. */
const sharedFields: ReadonlySet<string> = new Set([
  'metadata',
  'moderation',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
  'store',
]);

/** The extension fields that `own` can write; every other is reported as lost. */
export function writableExtensions(request: CanonicalRequest, own: string, sibling: string, context: CodecContext): JsonObject {
  const writable: JsonObject = {};
  for (const [dialect, fields] of Object.entries(request.extensions ?? {})) {
    for (const [field, value] of Object.entries(fields)) {
      if (dialect === own || (dialect === sibling && sharedFields.has(field))) writable[field] = value;
      else context.lose({ field, how: 'dropped', why: `Only ${dialect} knows this field.` });
    }
  }
  return writable;
}
