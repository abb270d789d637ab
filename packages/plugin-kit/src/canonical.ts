import type { ServerTool, ServerToolUse } from './server-tools.js';
import type { Usage } from './usage.js';

/** Name of a wire language: `openai-chat`, `claude-messages`, … */
export type DialectId = string;
/** Name of a company whose opaque tokens only it can read: `openai`, `anthropic`, `google`, … */
export type Vendor = string;

/** A JSON object whose members have not been looked at yet. */
export type JsonObject = Record<string, unknown>;

/**
 * An opaque value that one vendor wants back unchanged: a thinking signature, encrypted reasoning, a thought signature.
 * Only the codec of the same vendor writes `value` to the wire; every other drops it with a {@link Loss}.
 */
export interface Seal {
  readonly vendor: Vendor;
  readonly value: string;
}

/** The caller marked the prompt up to and including this block as worth caching. */
export interface CacheMark {
  readonly lifetime?: '5m' | '1h';
}

export interface Citation {
  readonly url?: string;
  readonly title?: string;
  readonly quote?: string;
}

export type MediaSource = { readonly url: string } | { readonly base64: string } | { readonly fileId: string; readonly vendor: Vendor };

interface BlockMarks {
  readonly cache?: CacheMark;
  readonly seal?: Seal;
}

export interface TextBlock extends BlockMarks {
  readonly type: 'text';
  readonly text: string;
  readonly citations?: readonly Citation[];
}

export interface ThinkingBlock extends BlockMarks {
  readonly type: 'thinking';
  /** Empty where the vendor shows nothing of it (redacted or encrypted thinking). */
  readonly text: string;
  readonly redacted?: true;
}

export interface MediaBlock extends BlockMarks {
  readonly type: 'media';
  readonly media: 'image' | 'audio' | 'video' | 'file';
  /** For example `image/png`; absent where the source is a URL whose type nobody stated. */
  readonly mimeType?: string;
  readonly filename?: string;
  readonly source: MediaSource;
  /** Resolution hint of vision models: `low`, `high`, `auto`. */
  readonly detail?: string;
}

export interface ToolCallBlock extends BlockMarks {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** Raw JSON text as the model wrote it, never re-encoded; plain text when `freeform`. An empty object is `{}`. */
  readonly arguments: string;
  /** The tool takes plain text instead of JSON. */
  readonly freeform?: true;
}

export interface ToolResultBlock extends BlockMarks {
  readonly type: 'tool-result';
  readonly callId: string;
  /** Some dialects identify results by tool name instead of call id. */
  readonly name?: string;
  readonly content: readonly (TextBlock | MediaBlock)[];
  readonly failed?: true;
}

/** Something only one dialect knows (a server tool's block, for example): written back to that dialect, a loss elsewhere. */
export interface OpaqueBlock extends BlockMarks {
  readonly type: 'opaque';
  readonly dialect: DialectId;
  readonly data: unknown;
  /** What other dialects can tell of it. */
  readonly use?: ServerToolUse;
  /** A later block tells it again, with what came of it: other dialects may leave this one out. */
  readonly toldLater?: true;
}

export type Block = TextBlock | ThinkingBlock | MediaBlock | ToolCallBlock | ToolResultBlock | OpaqueBlock;

export interface Turn {
  /** Instructions may stand anywhere; codecs whose dialect has one place for them collect them there. */
  readonly role: 'system' | 'user' | 'assistant';
  readonly blocks: readonly Block[];
}

export interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly parameters?: JsonObject;
  readonly strict?: boolean;
  /** The tool takes plain text instead of JSON. */
  readonly freeform?: true;
  readonly cache?: CacheMark;
  /** The group in which the caller put the tool, and its name there; `name` stands for both, and is all that other dialects have. */
  readonly grouped?: { readonly namespace: string; readonly name: string };
  /** A tool that runs at the vendor and that other vendors have, too. Such a definition has no parameters. */
  readonly server?: ServerTool;
  /** A vendor's own server tool in that vendor's words: written back to that dialect. Elsewhere `server` counts, or it is a loss. */
  readonly builtin?: { readonly dialect: DialectId; readonly data: JsonObject };
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
}

export interface Thinking {
  readonly mode: 'off' | 'auto' | 'on';
  readonly effort?: 'minimal' | 'low' | 'medium' | 'high' | 'max';
  readonly budgetTokens?: number;
  /** The caller wants to read of it, or wants not to; the upstream does as it is used to unless stated. What it costs is the same. */
  readonly shown?: boolean;
}

export type OutputFormat =
  | { readonly type: 'json' }
  | { readonly type: 'json-schema'; readonly name: string; readonly schema: JsonObject; readonly strict?: boolean };

/** A request in no vendor's words: what every client dialect is decoded to and every upstream dialect is encoded from. */
export interface CanonicalRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly turns: readonly Turn[];
  readonly tools?: readonly ToolDefinition[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly outputTokensMax?: number;
  readonly stopSequences?: readonly string[];
  readonly sampling?: Sampling;
  readonly thinking?: Thinking;
  readonly format?: OutputFormat;
  /** The caller's own name for the person behind the request. */
  readonly endUser?: string;
  /** The caller asked for usage inside the stream; only dialects where that is a choice look at it. */
  readonly usageInStream?: true;
  /** The caller wants its own words before the model's; only the dialects that know this look at it. Upstreams are never asked for it. */
  readonly echo?: true;
  /** Fields only one dialect knows: written back to that dialect, a {@link Loss} for every other. */
  readonly extensions?: Readonly<Record<DialectId, JsonObject>>;
}

/**
 * Why the answer ended. `end` and `stop-sequence` are natural ends, `length` is the token limit, `tool` waits for tool results, `filter`
 * and `refusal` are policy, `pause` asks the caller to send the turn again, `error` is an upstream that broke off.
 */
export type StopReason = 'end' | 'length' | 'tool' | 'stop-sequence' | 'filter' | 'refusal' | 'pause' | 'error';

/** A whole answer in no vendor's words. */
export interface CanonicalResponse {
  readonly id: string;
  /** Name of the model as the upstream states it. */
  readonly model: string;
  readonly blocks: readonly Block[];
  readonly stop: StopReason;
  /** The stop sequence that was met, where the upstream says so. */
  readonly stopSequence?: string;
  readonly usage: Usage;
}

/** A field that a translation could not carry, said aloud. */
export interface Loss {
  readonly field: string;
  readonly how: 'dropped' | 'coerced' | 'emulated';
  readonly why: string;
}
