import type {
  EasyInputMessage,
  Response,
  ResponseCreateParamsBase,
  ResponseCustomToolCall,
  ResponseCustomToolCallOutput,
  ResponseFunctionToolCall,
  ResponseInputAudio,
  ResponseInputFile,
  ResponseInputImage,
  ResponseInputItem,
  ResponseInputText,
  ResponseOutputItem,
  ResponseOutputMessage,
  ResponseOutputText,
  ResponseReasoningItem,
  ResponseUsage,
} from 'openai/resources/responses/responses';

export const responsesDialectId = 'openai-responses';

/** What to ask for so that reasoning comes sealed. */
export const sealedReasoning = 'reasoning.encrypted_content';

/** The parts of a message that a request may hold. */
export type InputPart = ResponseInputText | ResponseInputImage | ResponseInputFile | ResponseInputAudio;
/** The parts of a tool's result. */
export type ResultPart = ResponseInputText | ResponseInputImage | ResponseInputFile;

/** The vendor takes answers back without the ids and states that it gave them. */
export interface AssistantMessage {
  readonly type: 'message';
  readonly role: 'assistant';
  readonly content: string | readonly { readonly type: 'output_text'; readonly text: string }[];
}

export interface InputMessage extends Omit<EasyInputMessage, 'content' | 'role'> {
  readonly type: 'message';
  readonly role: 'user' | 'system';
  readonly content: string | InputPart[];
}

/** A reasoning item goes back without an id: its encrypted content is what the vendor reads. */
export type ReasoningInput = Omit<ResponseReasoningItem, 'id'>;

export type FunctionCall = ResponseFunctionToolCall;
export type CustomCall = ResponseCustomToolCall;
export type FunctionResult = ResponseInputItem.FunctionCallOutput;
export type CustomResult = ResponseCustomToolCallOutput;

export type InputItem = AssistantMessage | InputMessage | ReasoningInput | FunctionCall | CustomCall | FunctionResult | CustomResult;

export type Tool = NonNullable<ResponseCreateParamsBase['tools']>[number];
export type ToolChoice = NonNullable<ResponseCreateParamsBase['tool_choice']>;
export type TextFormat = NonNullable<NonNullable<ResponseCreateParamsBase['text']>['format']>;

export type OutputItem = ResponseOutputItem;
export type OutputMessage = ResponseOutputMessage;
export type OutputText = ResponseOutputText;
export type ReasoningItem = ResponseReasoningItem;
export type ImageItem = ResponseOutputItem.ImageGenerationCall;
export type Annotation = ResponseOutputText.URLCitation;
export type UsageObject = ResponseUsage;
/** `output_text` is made by the vendor's own client library; it is not on the wire. */
export type Answer = Omit<Response, 'output_text'>;
