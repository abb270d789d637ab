import { type JsonObject, remainder, tokenCount, type Usage, type UsageReader } from '@tollgate/plugin-kit';
import { isJsonObject } from './wire.js';

/**
 * Reads `usageMetadata`. `promptTokenCount` contains cached input and not the input of server tools; `candidatesTokenCount` leaves thoughts
 * out. Each frame states everything anew and zeros are left out of the JSON, so a frame with a prompt count states all input buckets.
 */
export const geminiUsage: UsageReader = {
  needles: ['"usageMetadata":{', '"usageMetadata": {'],
  keep: 'last',
  stated(json) {
    const metadata = isJsonObject(json) ? json['usageMetadata'] : undefined;
    return isJsonObject(metadata) ? metadata : undefined;
  },
  read(json, into) {
    const metadata = isJsonObject(json) ? json['usageMetadata'] : undefined;
    if (!isJsonObject(metadata)) return;
    const states = (name: string) => typeof metadata[name] === 'number';
    if (states('promptTokenCount')) readInput(metadata, into);
    if (states('promptTokenCount') || states('candidatesTokenCount')) readOutput(metadata, into);
    readSearches(json as JsonObject, into);
  },
};

/**
 * Searches with which an answer was grounded. Up to the 2.x models the vendor charges a grounded answer once, from 3 on each query (source:
 * its price page, "Grounding with Google Search").
 */
function readSearches({ candidates, modelVersion }: JsonObject, into: Partial<Usage>): void {
  const [candidate] = Array.isArray(candidates) ? candidates : [];
  const grounding = isJsonObject(candidate) ? candidate['groundingMetadata'] : undefined;
  const queries = isJsonObject(grounding) ? grounding['webSearchQueries'] : undefined;
  if (!Array.isArray(queries) || queries.length === 0) return;
  const once = typeof modelVersion === 'string' && /^gemini-[12]\b/.test(modelVersion);
  into.webSearches = once ? 1 : queries.length;
}

function readInput(metadata: JsonObject, into: Partial<Usage>): void {
  const prompt = tokenCount(metadata['promptTokenCount']);
  const cached = Math.min(prompt, tokenCount(metadata['cachedContentTokenCount']));
  const whole = byModality(metadata['promptTokensDetails']);
  const cachedPart = byModality(metadata['cacheTokensDetails']);
  // Where the service does not say what of the cached input was audio or image, the details may add up to more than the rest.
  const uncached = prompt - cached;
  into.inputAudio = Math.min(uncached, remainder(whole.audio, cachedPart.audio));
  into.inputImage = Math.min(uncached - into.inputAudio, remainder(whole.image, cachedPart.image));
  into.inputText = remainder(uncached, into.inputAudio, into.inputImage);
  into.inputCacheRead = cached;
  into.inputServerTool = tokenCount(metadata['toolUsePromptTokenCount']);
}

function readOutput(metadata: JsonObject, into: Partial<Usage>): void {
  const thoughts = tokenCount(metadata['thoughtsTokenCount']);
  const candidates = candidateTokens(metadata, thoughts);
  const details = byModality(metadata['candidatesTokensDetails']);
  into.outputReasoning = thoughts;
  into.outputAudio = Math.min(candidates, details.audio);
  into.outputImage = Math.min(candidates - into.outputAudio, details.image);
  into.outputText = remainder(candidates, into.outputAudio, into.outputImage);
}

function candidateTokens(metadata: JsonObject, thoughts: number): number {
  if (typeof metadata['candidatesTokenCount'] === 'number') return tokenCount(metadata['candidatesTokenCount']);
  const input = tokenCount(metadata['promptTokenCount']) + tokenCount(metadata['toolUsePromptTokenCount']);
  return remainder(tokenCount(metadata['totalTokenCount']), input, thoughts);
}

/** Counts of a `…TokensDetails` list; video frames are priced as images. */
function byModality(details: unknown): { audio: number; image: number } {
  const counts = { audio: 0, image: 0 };
  if (!Array.isArray(details)) return counts;
  for (const detail of details as unknown[]) {
    if (!isJsonObject(detail)) continue;
    const count = tokenCount(detail['tokenCount']);
    if (detail['modality'] === 'AUDIO') counts.audio += count;
    else if (detail['modality'] === 'IMAGE' || detail['modality'] === 'VIDEO') counts.image += count;
  }
  return counts;
}

/** Usage as this dialect's clients read it. Cache writes have no field of their own: they are part of the prompt. */
export function encodeUsage(usage: Usage): JsonObject {
  const freshText = usage.inputText + usage.inputCacheWrite5m + usage.inputCacheWrite1h;
  const prompt = freshText + usage.inputCacheRead + usage.inputAudio + usage.inputImage;
  const candidates = usage.outputText + usage.outputAudio + usage.outputImage;
  return {
    promptTokenCount: prompt,
    ...ifAny('cachedContentTokenCount', usage.inputCacheRead),
    candidatesTokenCount: candidates,
    ...ifAny('thoughtsTokenCount', usage.outputReasoning),
    ...ifAny('toolUsePromptTokenCount', usage.inputServerTool),
    totalTokenCount: prompt + usage.inputServerTool + candidates + usage.outputReasoning,
    ...modalities('promptTokensDetails', freshText + usage.inputCacheRead, usage.inputAudio, usage.inputImage),
    ...modalities('candidatesTokensDetails', usage.outputText, usage.outputAudio, usage.outputImage),
  };
}

function ifAny(name: string, count: number): JsonObject {
  return count > 0 ? { [name]: count } : {};
}

function modalities(name: string, text: number, audio: number, image: number): JsonObject {
  if (audio === 0 && image === 0) return {};
  const counts = { TEXT: text, AUDIO: audio, IMAGE: image };
  const details = Object.entries(counts).filter(([, tokens]) => tokens > 0);
  return { [name]: details.map(([modality, tokens]) => ({ modality, tokenCount: tokens })) };
}
