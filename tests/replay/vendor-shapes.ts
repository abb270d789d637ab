/**
 * The few fields of vendors' answers that the expectations read; everything may be missing. Frames and whole answers of a dialect share a
 * shape where the vendor uses the same names.
 */
export interface ChatMessage {
  readonly choices?: readonly {
    readonly delta?: ChatPiece;
    readonly message?: ChatPiece;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: ChatUsageFields | null;
}

interface ChatPiece {
  /** Some vendors write parts instead of text. */
  readonly content?: string | readonly ChatPart[] | null;
  readonly reasoning_content?: string | null;
  readonly reasoning?: string | null;
  readonly tool_calls?: readonly { readonly index?: number; readonly function?: { readonly name?: string; readonly arguments?: string } }[];
}

export interface ChatPart {
  readonly type: string;
  readonly text?: string;
  readonly thinking?: readonly ChatPart[];
}

export interface ChatUsageFields {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens?: number;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number } | null;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number };
}

export interface ResponsesEvent {
  readonly type: string;
  readonly item?: ResponsesItem;
  readonly response?: ResponsesBody;
}

export interface ResponsesBody {
  readonly output?: readonly ResponsesItem[];
  readonly incomplete_details?: { readonly reason?: string } | null;
  readonly usage?: {
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly input_tokens_details?: { readonly cached_tokens?: number };
  };
}

interface ResponsesItem {
  readonly type: string;
  readonly name?: string;
  readonly arguments?: string;
  readonly input?: string;
  readonly content?: readonly { readonly text?: string }[] | null;
  readonly summary?: readonly { readonly text?: string }[];
}

export interface ClaudeMessage {
  readonly type?: string;
  readonly index?: number;
  readonly content_block?: ClaudeBlock;
  readonly delta?: {
    readonly text?: string;
    readonly thinking?: string;
    readonly partial_json?: string;
    readonly stop_reason?: string | null;
  };
  readonly message?: { readonly usage?: ClaudeUsageFields };
  readonly content?: readonly ClaudeBlock[];
  readonly stop_reason?: string | null;
  readonly usage?: ClaudeUsageFields;
}

interface ClaudeBlock {
  readonly type: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly name?: string;
  readonly input?: unknown;
}

export interface ClaudeUsageFields {
  readonly input_tokens?: number;
  readonly cache_read_input_tokens?: number;
  readonly cache_creation_input_tokens?: number;
  readonly output_tokens?: number;
  /** What a compacted answer is made of; the totals are those of the last step. */
  readonly iterations?: readonly ClaudeUsageFields[];
}

export interface GeminiPart {
  readonly text?: string;
  readonly thought?: boolean;
  readonly functionCall?: {
    readonly name?: string;
    readonly args?: unknown;
    /** Each has one more field, named after the type of its value. */
    readonly partialArgs?: readonly { readonly jsonPath?: string; readonly willContinue?: boolean }[];
  };
}

export interface GeminiMessage {
  readonly promptFeedback?: { readonly blockReason?: string };
  readonly candidates?: readonly {
    readonly content?: {
      readonly parts?: readonly GeminiPart[];
    };
    readonly finishReason?: string;
  }[];
  readonly usageMetadata?: {
    readonly promptTokenCount?: number;
    readonly toolUsePromptTokenCount?: number;
    readonly cachedContentTokenCount?: number;
    readonly candidatesTokenCount?: number;
    readonly thoughtsTokenCount?: number;
  };
}
