import { z } from 'zod';
import { GatewayError } from '../../foundation/errors.js';
import { type Caller, type Permission, PermissionDeniedError } from '../../modules/access/index.js';

/** Points as decimal text, so that no reader loses a digit; 500,000 points are 1 US dollar. */
export const points = z.string().meta({ title: 'Points' });

/** What a caller must be allowed to do; `public` asks nobody who they are. */
export type Access = Permission | 'public';

const none = z.strictObject({});
type None = typeof none;
/** An object of texts, as a path or a query has them. */
type TextFields = z.ZodType<unknown, Record<string, unknown>>;

export interface EndpointInput<Needed extends Access, Params, Query, Body> {
  readonly caller: Needed extends 'public' ? undefined : Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** One place of the management API as it is declared; what is left out is not taken. */
export interface EndpointDeclaration<
  Needed extends Access,
  Params extends TextFields,
  Query extends TextFields,
  Body extends z.ZodType,
  Response extends z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters as `:name`, each of which `params` declares. */
  readonly path: string;
  readonly title: string;
  readonly permission: Needed;
  /** How long others may keep the answer; not at all, if left out. For public ones only. */
  readonly cacheSeconds?: Needed extends 'public' ? number : never;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly response: Response;
  handle(input: EndpointInput<Needed, z.output<Params>, z.output<Query>, z.output<Body>>): Promise<z.input<Response>>;
}

/** What came with a request, unchecked. */
export interface EndpointRequest {
  /** Undefined where the endpoint is public. */
  readonly caller: Caller | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Undefined where the endpoint takes none. */
  readonly body?: unknown;
}

/** One place of the management API: routing, validation and documentation follow from the schemas. */
export interface Endpoint {
  readonly method: EndpointDeclaration<Access, TextFields, TextFields, z.ZodType, z.ZodType>['method'];
  readonly path: string;
  readonly title: string;
  readonly permission: Access;
  readonly cacheSeconds?: number;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  /** Undefined = the endpoint reads no body. */
  readonly body?: z.ZodType;
  readonly response: z.ZodType;
  /**
   * Checks what came, runs the endpoint, and keeps to the declared response: nothing leaves that is not declared.
   * @throws PermissionDeniedError, InvalidParameterError naming the parameter or field, and what the endpoint throws
   */
  run(request: EndpointRequest): Promise<unknown>;
}

/**
 * Declares one place of the management API, once.
 * @throws TypeError if path and `params` do not name the same parameters.
 */
export function defineEndpoint<
  Needed extends Access,
  Response extends z.ZodType,
  Params extends TextFields = None,
  Query extends TextFields = None,
  Body extends z.ZodType = z.ZodUndefined,
>(declaration: EndpointDeclaration<Needed, Params, Query, Body, Response>): Endpoint {
  const { method, path, title, permission, cacheSeconds, body, response } = declaration;
  const params = declaration.params ?? none;
  const query = declaration.query ?? none;
  checkParameterNames(path, params);
  return {
    method,
    path,
    title,
    permission,
    ...(cacheSeconds === undefined ? {} : { cacheSeconds }),
    params,
    query,
    ...(body === undefined ? {} : { body }),
    response,
    async run(request) {
      if (permission !== 'public' && request.caller?.permissions.has(permission) !== true) throw new PermissionDeniedError(permission);
      const answer = await declaration.handle({
        caller: request.caller as EndpointInput<Needed, never, never, never>['caller'],
        params: checked(params, request.params) as z.output<Params>,
        query: checked(query, request.query) as z.output<Query>,
        body: (body === undefined ? undefined : checked(body, request.body)) as z.output<Body>,
      });
      return response.parse(answer);
    },
  };
}

function checkParameterNames(path: string, params: z.ZodType): void {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name).sort();
  const declared = params instanceof z.ZodObject ? Object.keys(params.shape).sort() : [];
  if (inPath.join() !== declared.join())
    throw new TypeError(`${path} has the parameters [${inPath.join()}], declared are [${declared.join()}].`);
}

/** A parameter of the request, or a field of its body, is wrong. */
export class InvalidParameterError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'invalid_parameter';

  constructor(field: string, problem: string) {
    super(field === '' ? problem : `${field}: ${problem}`, field === '' ? {} : { field });
  }
}

function checked(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code !== 'unrecognized_keys') throw new InvalidParameterError(issue?.path.join('.') ?? '', issue?.message ?? 'Invalid.');
  throw new InvalidParameterError([...issue.path, issue.keys[0]].join('.'), 'There is no such parameter.');
}
