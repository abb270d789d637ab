import { z } from 'zod';
import { type FieldProblem, GatewayError } from '../../foundation/errors.js';
import { schemaProblems } from '../../foundation/schema-problems.js';
import { type Caller, type Permission, PermissionDeniedError } from '../../modules/access/index.js';
import type { ChangeAuthor } from '../../modules/changes/index.js';

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
  /** As whom the caller is remembered for what it changes. */
  readonly author: ChangeAuthor;
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
  readonly textBody?: TextBody;
  readonly response: Response;
  /** MIME type of an answer that is a text; left out: JSON. */
  readonly textType?: Response extends z.ZodString ? string : never;
  /** Of an answer that is as asked for; left out: 200. */
  readonly status?: 200 | 201 | 202;
  handle(input: EndpointInput<Needed, z.output<Params>, z.output<Query>, z.output<Body>>): Promise<z.input<Response>>;
}

/** A body that may also be a text of one of these MIME types; left out: JSON alone. */
export interface TextBody {
  readonly types: readonly string[];
  /** As the same would be said in JSON. */
  read(text: string): unknown;
}

/** What came with a request, unchecked. */
export interface EndpointRequest {
  /** Undefined where the endpoint is public. */
  readonly caller: Caller | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Undefined where the endpoint takes none. */
  readonly body?: unknown;
  readonly requestId: string;
  readonly clientAddress: string;
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
  readonly textBody?: TextBody;
  readonly response: z.ZodType;
  /** Undefined = JSON. */
  readonly textType?: string;
  readonly status: 200 | 201 | 202;
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
  const { method, path, title, permission, cacheSeconds, body, textBody, response, textType, status = 200 } = declaration;
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
    ...(textBody === undefined ? {} : { textBody }),
    response,
    ...(textType === undefined ? {} : { textType }),
    status,
    async run(request) {
      if (permission !== 'public' && request.caller?.permissions.has(permission) !== true) throw new PermissionDeniedError(permission);
      const answer = await declaration.handle({
        caller: request.caller as EndpointInput<Needed, never, never, never>['caller'],
        author: authorOf(request),
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

function authorOf({ caller, requestId, clientAddress }: EndpointRequest): ChangeAuthor {
  return { kind: 'api', userId: caller?.userId, accessTokenId: caller?.accessTokenId, requestId, clientAddress };
}

/** Parameters of the request, or fields of its body, are wrong. The first is told in words, all of them in `problems`. */
export class InvalidParameterError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'invalid_parameter';
  readonly problems: readonly FieldProblem[];

  constructor(field: string, problem: string, problems: readonly FieldProblem[] = [{ field, detail: problem }]) {
    super(field === '' ? problem : `${field}: ${problem}`, field === '' ? {} : { field });
    this.problems = problems;
  }
}

/** Told of one request, of which the others are known when these are mended. */
const problemsMax = 20;

function checked(schema: z.ZodType, value: unknown): unknown {
  const unfit = unfitParts(value);
  const parsed = unfit.length > 0 ? undefined : schema.safeParse(value);
  if (parsed?.success === true) return parsed.data;
  const problems = [...unfit, ...(parsed?.error.issues ?? []).flatMap(schemaProblems).flatMap(problemsOf)];
  const [first] = problems;
  throw new InvalidParameterError(first?.field ?? '', first?.detail ?? 'Invalid.', problems.slice(0, problemsMax));
}

function problemsOf({ path, message, unknownFields }: ReturnType<typeof schemaProblems>[number]): readonly FieldProblem[] {
  if (unknownFields === undefined) return [{ field: path.join('.'), detail: message }];
  return unknownFields.map((field) => ({ field: [...path, field].join('.'), detail: 'There is no such parameter.' }));
}

/** Nothing that is declared goes deeper, and what walks through it must not run out of stack. */
const depthMax = 64;

/** What no schema shall see: texts that not every database can hold, and values without a floor. */
function unfitParts(value: unknown, path: readonly string[] = []): readonly FieldProblem[] {
  const problem = (detail: string): readonly FieldProblem[] => [{ field: path.join('.'), detail }];
  if (typeof value === 'string') return /[\0\p{Cs}]/u.test(value) ? problem('Must not contain NUL, or half of a character.') : [];
  if (typeof value !== 'object' || value === null) return [];
  if (path.length === depthMax) return [{ field: path[0] ?? '', detail: 'Is nested too deeply.' }];
  return Object.entries(value).flatMap(([name, inner]) => [...unfitParts(name, [...path, name]), ...unfitParts(inner, [...path, name])]);
}
