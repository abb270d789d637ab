import type { JsonObject, ServerTool, UserLocation } from '@tollgate/plugin-kit';
import { defined } from './defined.js';
import { isObject } from './request-fields.js';

type WebSearch = Extract<ServerTool, { kind: 'web-search' }>;

const contextSizes = ['low', 'medium', 'high'] as const;
const locationMembers = ['city', 'region', 'country', 'timezone'] as const;

/** What of a search both of the vendor's dialects say alike; chat nests the location once more. */
export function readSearch(wire: JsonObject): WebSearch {
  return defined({
    kind: 'web-search' as const,
    allowedDomains: textsIn(isObject(wire['filters']) ? wire['filters']['allowed_domains'] : undefined),
    blockedDomains: textsIn(isObject(wire['filters']) ? wire['filters']['blocked_domains'] : undefined),
    userLocation: readLocation(wire['user_location']),
    contextSize: contextSizes.find((size) => size === wire['search_context_size']),
  });
}

function readLocation(wire: unknown): UserLocation | undefined {
  if (!isObject(wire)) return undefined;
  const members = isObject(wire['approximate']) ? wire['approximate'] : wire;
  const location = locationMembers.flatMap((member) => (typeof members[member] === 'string' ? [[member, members[member]]] : []));
  return location.length === 0 ? undefined : (Object.fromEntries(location) as UserLocation);
}

function textsIn(value: unknown): readonly string[] | undefined {
  const texts = Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
  return texts.length === 0 ? undefined : texts;
}
