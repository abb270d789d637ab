import { z } from 'zod';

/** What any dialect's error says. */
export interface ReadError {
  readonly code: string;
  readonly message: string;
}

const openaiError = z.strictObject({
  error: z.strictObject({ message: z.string().min(1), type: z.string().min(1), param: z.string().nullable(), code: z.string() }),
});

const claudeTypes: Readonly<Record<number, readonly string[]>> = {
  400: ['invalid_request_error'],
  401: ['authentication_error'],
  402: ['billing_error'],
  403: ['permission_error'],
  404: ['not_found_error'],
  405: ['invalid_request_error'],
  409: ['invalid_request_error'],
  413: ['request_too_large'],
  429: ['rate_limit_error'],
  502: ['api_error'],
  503: ['overloaded_error', 'api_error'],
  504: ['timeout_error'],
};

const claudeError = z.strictObject({
  type: z.literal('error'),
  error: z.strictObject({ type: z.string(), message: z.string().min(1), details: z.object({ error_code: z.string() }) }),
  request_id: z.string().min(1),
});

const geminiStatuses: Readonly<Record<number, readonly string[]>> = {
  400: ['INVALID_ARGUMENT', 'FAILED_PRECONDITION'],
  401: ['UNAUTHENTICATED'],
  403: ['PERMISSION_DENIED'],
  404: ['NOT_FOUND'],
  405: ['INVALID_ARGUMENT'],
  409: ['ABORTED'],
  413: ['INVALID_ARGUMENT'],
  429: ['RESOURCE_EXHAUSTED'],
  502: ['INTERNAL', 'UNAVAILABLE'],
  503: ['UNAVAILABLE'],
  504: ['DEADLINE_EXCEEDED'],
};

const geminiError = z.strictObject({
  error: z.strictObject({
    code: z.number(),
    message: z.string().min(1),
    status: z.string(),
    details: z.array(z.object({ '@type': z.string(), reason: z.string().optional() })),
  }),
});

/** Reads an error in the dialect's documented shape. @throws if it has another one, or one that does not fit the HTTP status. */
export function readError(dialect: string, status: number, body: unknown): ReadError {
  if (dialect === 'claude-messages') {
    const { error } = claudeError.parse(body);
    z.enum(claudeTypes[status] ?? []).parse(error.type);
    return { code: error.details.error_code, message: error.message };
  }
  if (dialect === 'gemini') {
    const { error } = geminiError.parse(body);
    z.literal(status).parse(error.code);
    z.enum(geminiStatuses[status] ?? []).parse(error.status);
    return { code: error.details.find(({ reason }) => reason !== undefined)?.reason?.toLowerCase() ?? '', message: error.message };
  }
  return openaiError.parse(body).error;
}
