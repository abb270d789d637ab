import type { Message, MessageCreateParamsBase, Usage as VendorUsage } from '@anthropic-ai/sdk/resources/messages/messages.js';
import type { DialectId, JsonObject, Vendor } from '@tollgate/plugin-kit';

export type {
  ContentBlockParam,
  DocumentBlockParam,
  ImageBlockParam,
  MessageCreateParamsBase,
  MessageParam,
  StopReason as WireStopReason,
  TextBlockParam,
  ToolChoice as WireToolChoice,
  ToolUnion,
} from '@anthropic-ai/sdk/resources/messages/messages.js';

export const dialectId: DialectId = 'claude-messages';
export const vendor: Vendor = 'anthropic';

/** Usage as we state it: the fields that every answer of the vendor carries, and the reasoning share where there is one. */
export type WireUsage = Pick<
  VendorUsage,
  'input_tokens' | 'cache_creation_input_tokens' | 'cache_read_input_tokens' | 'cache_creation' | 'output_tokens'
> &
  Partial<Pick<VendorUsage, 'output_tokens_details' | 'server_tool_use'>>;

/** A content block of an answer. The vendor adds kinds often, so only the kind is promised. */
export interface WireBlock {
  readonly type: string;
  readonly [member: string]: unknown;
}

export type WireMessage = Pick<Message, 'id' | 'type' | 'role' | 'model' | 'stop_reason' | 'stop_sequence'> & {
  readonly content: readonly WireBlock[];
  readonly usage: WireUsage;
};

/** Names of the request fields that the canonical form carries; all others travel as extensions. */
export const canonicalFields: ReadonlySet<string> = new Set([
  'model',
  'max_tokens',
  'messages',
  'metadata',
  'output_config',
  'stop_sequences',
  'stream',
  'system',
  'temperature',
  'thinking',
  'tool_choice',
  'tools',
  'top_k',
  'top_p',
] satisfies (keyof MessageCreateParamsBase | 'temperature' | 'top_k' | 'top_p')[]);

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list; nothing where there is no list. */
export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
