import type { PresetSpeech } from '../preset.js';

type More = Omit<PresetSpeech, 'dialect' | 'path'>;

/** The languages by where they usually stand, so that a preset says no more than where its versions begin. */
export function chat(stem: string, more: More = {}): PresetSpeech {
  return { dialect: 'openai-chat', path: `${stem}/chat/completions`, ...more };
}

/** Whoever speaks chat may be older in it: completing texts is asked for by channels that want it. */
export function completions(stem: string): PresetSpeech {
  return { dialect: 'openai-completions', path: `${stem}/completions`, onDemand: true };
}

export function responses(stem: string, more: More = {}): PresetSpeech {
  return { dialect: 'openai-responses', path: `${stem}/responses`, ...more };
}

export function embeddings(stem: string): PresetSpeech {
  return { dialect: 'openai-embeddings', path: `${stem}/embeddings` };
}

/** Putting documents in order, in the form of Jina and Cohere. */
export function rerank(stem: string): PresetSpeech {
  return { dialect: 'rerank', path: `${stem}/rerank` };
}

/** Cohere's own languages. */
export function cohere(stem: string): readonly PresetSpeech[] {
  return [
    { dialect: 'cohere-v2-chat', path: `${stem}/chat` },
    { dialect: 'cohere-v2-embed', path: `${stem}/embed` },
  ];
}

/** Claude's language, below the address that its clients are given. */
export function messages(root: string, more: More = {}): PresetSpeech {
  return { dialect: 'claude-messages', path: `${root}/v1/messages`, ...more };
}

export function countTokens(root: string): PresetSpeech {
  return { dialect: 'claude-count-tokens', path: `${root}/v1/messages/count_tokens` };
}

/** For languages that a place has not everywhere, not for all models, or not as they should be. */
export const onDemand = { onDemand: true } as const;
