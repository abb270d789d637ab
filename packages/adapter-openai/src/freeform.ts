import type { CanonicalRequest } from '@tollgate/plugin-kit';

/** True if the caller declared `name` as a tool that takes plain text. */
export function isFreeformTool(request: CanonicalRequest, name: string): boolean {
  return request.tools?.some((tool) => tool.freeform === true && tool.name === name) ?? false;
}

/** The plain text inside the `{"input": "…"}` that stands for it where an upstream knows only JSON arguments. */
export function freeformText(argumentsJson: string): string {
  try {
    const parsed = JSON.parse(argumentsJson) as { input?: unknown } | null;
    return typeof parsed?.input === 'string' ? parsed.input : argumentsJson;
  } catch {
    return argumentsJson;
  }
}

/** The JSON arguments that stand for plain text, where the caller knows the tool as a function. */
export function freeformArguments(text: string): string {
  return JSON.stringify({ input: text });
}

/** The parameters of a tool that takes plain text, where an upstream knows only functions. */
export const freeformParameters = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };
