import type { Seal, ThinkingBlock, Vendor } from './canonical.js';
import { sealForClient } from './seal.js';

const prefix = 'tg1t.';

/**
 * The seal of a tool call together with the thinking that led to it, for clients that send calls back and drop thinking:
 * `tg1t.<thinking, base64url>.<the call's seal for clients of vendor>`.
 */
export function wrapCarriedThinking(thinking: readonly ThinkingBlock[], seal: Seal | undefined, vendor: Vendor): string {
  const carried = thinking.map(({ text, seal: own, redacted }) => [text, own?.vendor ?? '', own?.value ?? '', redacted === true]);
  return `${prefix}${Buffer.from(JSON.stringify(carried)).toString('base64url')}.${sealForClient(seal, vendor)}`;
}

/** The thinking, and the call's seal as clients get it without; undefined if the text is not one of {@link wrapCarriedThinking}. */
export function unwrapCarriedThinking(text: string): { readonly thinking: readonly ThinkingBlock[]; readonly seal: string } | undefined {
  if (!text.startsWith(prefix)) return undefined;
  const end = text.indexOf('.', prefix.length);
  const carried = end < 0 ? undefined : parseList(Buffer.from(text.slice(prefix.length, end), 'base64url').toString());
  return carried && { thinking: carried.flatMap(blockOf), seal: text.slice(end + 1) };
}

function parseList(json: string): readonly unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function blockOf(carried: unknown): readonly ThinkingBlock[] {
  const [text, vendor, value, redacted] = Array.isArray(carried) ? (carried as readonly unknown[]) : [];
  if (typeof text !== 'string' || typeof vendor !== 'string' || typeof value !== 'string') return [];
  return [{ type: 'thinking', text, ...(vendor === '' ? {} : { seal: { vendor, value } }), ...(redacted === true ? { redacted } : {}) }];
}
