import { z } from 'zod';
import { GatewayError } from '../../foundation/errors.js';
import type { Principal } from '../../modules/tokens/index.js';

/** Points as decimal text, so that no reader loses a digit; 500,000 points are 1 US dollar. */
export const points = z.string().meta({ title: 'Points' });

/** What a caller must be allowed to do. A token may see what is its own; the other roles come with accounts. */
export type Permission = 'account.read' | 'usage.read';

export interface EndpointInput<Query> {
  readonly principal: Principal;
  readonly query: Query;
}

/**
 * One readable place of the management API, declared once: routing, validation, authorisation and documentation follow from it. `response` is
 * parsed before it is sent, so that nothing leaves which is not declared.
 */
export interface Endpoint<Query extends z.ZodType = z.ZodType, Response extends z.ZodType = z.ZodType> {
  readonly path: string;
  readonly title: string;
  readonly permission: Permission;
  readonly query: Query;
  readonly response: Response;
  handle(input: EndpointInput<z.output<Query>>): Promise<z.input<Response>>;
}

export function defineEndpoint<Query extends z.ZodType, Response extends z.ZodType>(
  endpoint: Endpoint<Query, Response>,
): Endpoint<Query, Response> {
  return endpoint;
}

/** A parameter of the request is wrong. */
export class InvalidParameterError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'invalid_parameter';
}

/**
 * Checks the query, runs the endpoint and keeps to its declared response.
 * @throws InvalidParameterError naming the parameter, and what the endpoint throws
 */
export async function runEndpoint(endpoint: Endpoint, principal: Principal, query: URLSearchParams): Promise<unknown> {
  const parsed = endpoint.query.safeParse(Object.fromEntries(query));
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new InvalidParameterError(z.prettifyError(parsed.error), { field });
  }
  return endpoint.response.parse(await endpoint.handle({ principal, query: parsed.data }));
}
