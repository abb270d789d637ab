import type { CanonicalRequest, CodecContext } from '@tollgate/plugin-kit';
import { declaredTools, encodeToolChoice } from './encode-tools.js';
import { type Answer, responsesDialectId } from './wire.js';

/** What an answer says whatever becomes of it: its name, its time, and what was asked for. */
export type AnswerFrame = Omit<Answer, 'status' | 'output' | 'usage' | 'incomplete_details' | 'error'>;

/** @param upstreamId the id that the upstream gave; one of another dialect is replaced. */
export function answerFrame(upstreamId: string, model: string, request: CanonicalRequest, context: CodecContext): AnswerFrame {
  const extensions = request.extensions?.[responsesDialectId] ?? {};
  const asked = extensions as Partial<Pick<Answer, 'metadata' | 'truncation' | 'tool_choice'>>;
  const tools = declaredTools(request.tools ?? [], extensions['tools.format']);
  return {
    id: upstreamId.startsWith('resp_') ? upstreamId : context.newId('resp_'),
    object: 'response',
    created_at: Math.floor(context.now() / 1_000),
    model: model === '' ? request.model : model,
    instructions: null,
    max_output_tokens: request.outputTokensMax ?? null,
    metadata: asked.metadata ?? {},
    parallel_tool_calls: request.parallelToolCalls ?? true,
    previous_response_id: null,
    temperature: request.sampling?.temperature ?? 1,
    top_p: request.sampling?.topP ?? 1,
    tool_choice: encodeToolChoice(request, tools) ?? asked.tool_choice ?? 'auto',
    tools,
    truncation: asked.truncation ?? 'disabled',
  };
}
