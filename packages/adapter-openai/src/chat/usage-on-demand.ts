import type { ClientSide, JsonObject } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';

/** Chat streams state usage only on demand; the gateway demands it always and keeps it from callers who did not. */
export const usageOnDemand: NonNullable<ClientSide['usageOnDemand']> = {
  edits(body: JsonObject) {
    const options = isObject(body['stream_options']) ? body['stream_options'] : {};
    if (body['stream'] !== true || options['include_usage'] === true) return undefined;
    return { stream_options: JSON.stringify({ ...options, include_usage: true }) };
  },
  isExtraFrame(json: unknown) {
    if (!isObject(json)) return false;
    return Array.isArray(json['choices']) && json['choices'].length === 0 && isObject(json['usage']);
  },
};
