import type {
  ChatCompletion,
  ChatCompletionAssistantMessageParam,
  ChatCompletionContentPart,
  ChatCompletionContentPartText,
  ChatCompletionCreateParamsBase,
  ChatCompletionMessage,
  ChatCompletionMessageParam,
  ChatCompletionMessageToolCall,
} from 'openai/resources/chat/completions';

export const chatDialectId = 'openai-chat';

/**
 * Thinking as resellers and their clients write it. A signature or encrypted reasoning rides here; toward clients ours is wrapped with the
 * name of its vendor.
 */
export interface ReasoningDetail {
  readonly type: 'reasoning.text' | 'reasoning.summary' | 'reasoning.encrypted';
  readonly text?: string;
  readonly summary?: string;
  readonly signature?: string;
  readonly data?: string;
  /** Of the reasoning at its vendor, or of the tool call that the element belongs to. */
  readonly id?: string;
  /** Whose it is, and in which of their forms: `anthropic-claude-v1`. */
  readonly format?: string;
  readonly index?: number;
}

/** Where clients of compatible servers keep the thought signature of a tool call. */
export interface SealCarrier {
  readonly extra_content?: { readonly google: { readonly thought_signature: string } };
}

export interface ReasoningFields {
  reasoning_content?: string;
  reasoning_details?: readonly ReasoningDetail[];
}

/** Marks for the prompt cache: the vendor's own, or Claude's, which servers of Claude models take on texts. */
export interface CacheFields {
  readonly prompt_cache_breakpoint?: { readonly mode: 'explicit' };
  readonly cache_control?: { readonly type: 'ephemeral'; readonly ttl?: '5m' | '1h' };
}

/** `video_url` is no part of the vendor's own API, but many compatible servers take it. */
export type ContentPart =
  | (ChatCompletionContentPart & CacheFields)
  | { readonly type: 'video_url'; readonly video_url: { readonly url: string } };
export type TextPart = ChatCompletionContentPartText & CacheFields;
export type ToolCall = ChatCompletionMessageToolCall & SealCarrier;
export type AssistantMessage = Omit<ChatCompletionAssistantMessageParam, 'tool_calls'> & { tool_calls?: ToolCall[] } & ReasoningFields;
export type Message =
  | Exclude<ChatCompletionMessageParam, { role: 'assistant' | 'user' }>
  | { role: 'user'; content: string | ContentPart[] }
  | AssistantMessage;

export type Tool = NonNullable<ChatCompletionCreateParamsBase['tools']>[number];
export type ToolChoiceOption = NonNullable<ChatCompletionCreateParamsBase['tool_choice']>;
export type ResponseFormat = NonNullable<ChatCompletionCreateParamsBase['response_format']>;

/** Pictures that a model drew, as compatible servers return them. */
export interface ImagePart {
  readonly type: 'image_url';
  readonly image_url: { readonly url: string };
}

export type Annotation = NonNullable<ChatCompletionMessage['annotations']>[number];
export type AnswerAudio = NonNullable<ChatCompletionMessage['audio']>;
export type AnswerMessage = ChatCompletionMessage & ReasoningFields & { images?: ImagePart[] };
export type Answer = Omit<ChatCompletion, 'choices'> & {
  choices: [Omit<ChatCompletion.Choice, 'message'> & { message: AnswerMessage }];
};
