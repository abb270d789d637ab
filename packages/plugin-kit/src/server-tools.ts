import type { CanonicalRequest, Loss } from './canonical.js';

/** Where the person is for whom is searched, roughly. */
export interface UserLocation {
  readonly city?: string;
  readonly region?: string;
  /** Two letters, ISO 3166-1. */
  readonly country?: string;
  /** IANA name: `Europe/Zurich`. */
  readonly timezone?: string;
}

/** A tool that runs at the vendor, as far as more than one vendor has it. */
export type ServerTool =
  | {
      readonly kind: 'web-search';
      readonly allowedDomains?: readonly string[];
      readonly blockedDomains?: readonly string[];
      readonly userLocation?: UserLocation;
      readonly usesMax?: number;
      /** How much of what is found the model gets to read. */
      readonly contextSize?: 'low' | 'medium' | 'high';
    }
  | {
      readonly kind: 'web-fetch';
      readonly allowedDomains?: readonly string[];
      readonly blockedDomains?: readonly string[];
      readonly usesMax?: number;
    }
  | { readonly kind: 'code-execution' };

/** What such a tool did while it was answering, from call to result. */
export type ServerToolUse =
  | {
      readonly kind: 'web-search';
      readonly queries: readonly string[];
      readonly sources: readonly { readonly url: string; readonly title?: string }[];
      readonly failed?: true;
    }
  | { readonly kind: 'web-fetch'; readonly url: string; readonly failed?: true }
  | { readonly kind: 'code-execution'; readonly code: string; readonly output: string; readonly failed?: true };

/** Says which options of a tool its counterpart in another dialect does not have. */
export function loseServerToolOptions(tool: ServerTool, carried: readonly string[], name: string, lose: (loss: Loss) => void): void {
  for (const [option, value] of Object.entries(tool)) {
    if (option === 'kind' || value === undefined || carried.includes(option)) continue;
    lose({ field: `tools.${name}.${option}`, how: 'dropped', why: 'The same tool has no such option in this dialect.' });
  }
}

/** The kind of server tool that the caller's choice of a tool names; undefined if it names none. */
export function chosenServerTool({ toolChoice, tools }: CanonicalRequest): ServerTool['kind'] | undefined {
  if (typeof toolChoice !== 'object') return undefined;
  return tools?.find(({ name, server }) => server !== undefined && name === toolChoice.name)?.server?.kind;
}
