import type { Content, FinishReason, FunctionCall, FunctionResponse, GenerationConfig, GenerativeContentBlob } from '@google/generative-ai';
import type { JsonObject } from '@tollgate/plugin-kit';

/** Name of this dialect, under which its extensions and opaque blocks are kept. */
export const geminiId = 'gemini';
/** Whose thought signatures this dialect carries as its own. */
export const geminiVendor = 'google';

/** A value of an SDK enum as it looks on the wire. */
type OnWire<Value extends string> = `${Value}`;

/** A part as we write it: the SDK's parts, with what the service added since. */
export interface WirePart {
  text?: string;
  /** The text is a summary of the model's thinking. */
  thought?: true;
  /** Opaque bytes in base64 that the service wants back in the same part. */
  thoughtSignature?: string;
  inlineData?: GenerativeContentBlob;
  /** The SDK asks for a MIME type, the service guesses where it is left out. */
  fileData?: { fileUri: string; mimeType?: string };
  functionCall?: FunctionCall & { id?: string };
  functionResponse?: FunctionResponse & { id?: string };
}

export interface WireContent extends Omit<Content, 'parts'> {
  /** Parts that only this dialect knows are written back as they came. */
  parts: (WirePart | JsonObject)[];
}

export interface WireGenerationConfig extends Omit<GenerationConfig, 'responseSchema'> {
  responseSchema?: JsonObject;
  seed?: number;
  thinkingConfig?: { includeThoughts?: boolean; thinkingBudget?: number; thinkingLevel?: string };
}

export interface WireCandidate {
  content: { role: 'model'; parts: (WirePart | JsonObject)[] };
  finishReason?: OnWire<FinishReason>;
  index: 0;
  groundingMetadata?: JsonObject;
}

/** A whole answer or one frame of a stream as it comes from an upstream: every field may be missing or of another type. */
export interface LenientResponse {
  readonly candidates?: readonly LenientCandidate[];
  readonly promptFeedback?: { readonly blockReason?: unknown } | null;
  readonly usageMetadata?: unknown;
  readonly modelVersion?: unknown;
  readonly responseId?: unknown;
  readonly error?: unknown;
}

export interface LenientCandidate {
  readonly index?: unknown;
  readonly content?: { readonly parts?: unknown } | null;
  readonly finishReason?: unknown;
  readonly citationMetadata?: unknown;
  readonly groundingMetadata?: unknown;
}

/** True for a JSON object: neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
