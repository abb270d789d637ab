import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Tokenizer } from '@tollgate/plugin-kit';
import { windowsOf } from './text-windows.js';

/** Texts to be counted, and for how long that may be tried. */
export interface CountRequest {
  readonly id: number;
  readonly tokenizer: Tokenizer;
  readonly texts: readonly string[];
  readonly timeMaxMs: number;
}

/** Without tokens where it took too long, or the tokenizer failed. */
export interface CountReply {
  readonly id: number;
  readonly tokens?: number;
  readonly failure?: string;
}

type CountTokens = (text: string, options: unknown) => number;

const loaded = new Map<string, Promise<CountTokens>>();

/** Counts window by window until the time is over. `pause` lets others work between windows. */
export async function replyTo({ id, tokenizer, texts, timeMaxMs }: CountRequest, pause?: () => Promise<void>): Promise<CountReply> {
  try {
    const countTokens = await loadedTokenizer(tokenizer);
    const endsAt = performance.now() + timeMaxMs;
    let tokens = 0;
    for (const text of texts) {
      for (const window of windowsOf(text)) {
        if (performance.now() > endsAt) return { id };
        tokens += countTokens(window, tokenizer.options);
        if (pause !== undefined) await pause();
      }
    }
    return { id, tokens };
  } catch (error) {
    return { id, failure: String(error) };
  }
}

/** Vocabularies are large: each is loaded when it is first needed. */
function loadedTokenizer({ module, from }: Tokenizer): Promise<CountTokens> {
  const path = createRequire(from).resolve(module);
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const loading = import(pathToFileURL(path).href).then((found: { readonly countTokens?: unknown; readonly default?: unknown }) => {
    const countTokens = found.countTokens ?? (found.default as { readonly countTokens?: unknown } | undefined)?.countTokens;
    if (typeof countTokens !== 'function') throw new TypeError(`${module} counts no tokens.`);
    return countTokens as CountTokens;
  });
  loaded.set(path, loading);
  return loading;
}
