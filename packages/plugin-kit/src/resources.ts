import type { JsonObject } from './canonical.js';

/** Something that lives at one upstream: a stored answer, a conversation, a file, cached contents. */
export interface ResourceName {
  /** What it is, in a word that no other plugin uses: `openai.response`. */
  readonly kind: string;
  readonly id: string;
}

/** A place in a request that names one. */
export interface ResourceReference extends ResourceName {
  /** Path of the field in the caller's body: `previous_response_id`. */
  readonly field: string;
  /** True for what the model does not read: nothing is held for it. */
  readonly unread?: true;
}

/** One that an answer says was made, or will live longer. */
export interface KeptResource extends ResourceName {
  /** Milliseconds since 1970; null = until it is deleted; left out = as long as the operator's setting says. */
  readonly expiresAt?: number | null;
  /** Tokens that a request which names it adds to its input, where the answer states them. */
  readonly tokens?: number;
  /** Otherwise what it holds, as JSON, or how large it is: the kernel estimates its tokens. */
  readonly content?: unknown;
  readonly file?: { readonly bytes: number; readonly mimeType?: string };
}

/** Finds what an answer leaves behind at its upstream, without parsing every frame of a stream that passes. */
export interface KeptReader {
  /** Texts that nominate a frame of a stream, for example `response.created`; `read` takes ids from fixed paths of the parsed frame. */
  readonly needles: readonly string[];
  /** What one frame, or a whole unary body, names. */
  read(json: unknown): readonly KeptResource[];
}

/** An upstream's answer to a request for a resource. */
export interface ResourceAnswer {
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The body as JSON, or undefined if it is none. */
  readonly json: unknown;
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
}

interface ResourceRouteBase {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Parts in braces stand for one part of the path: `/v1/conversations/{id}/items/{item}`. The first that fits a request is taken. */
  readonly path: string;
  /** A parameter that the query must have, where one path has several meanings. */
  readonly withQuery?: string;
  /** Client headers that pass to the upstream, besides those of the dialect. In lower case. */
  readonly passHeaders?: readonly string[];
}

/** Asks for something that is there. It goes to the channel that has it, and to no other. */
export interface ReachingRoute extends ResourceRouteBase {
  readonly does: 'reach';
  readonly kind: string;
  /** The id is the part `{id}` of the path, or this parameter of the query. */
  readonly idInQuery?: string;
  /** Other resources that the body names. @throws BadRequestError */
  refersTo?(body: JsonObject): readonly ResourceReference[];
  /** What the answer says was made or will live longer. */
  kept?(answer: ResourceAnswer): readonly KeptResource[];
  /** True if a successful answer means that it is gone. */
  readonly deletes?: true;
  /** True if what the body brings is added to it. The route must have `refersTo`. */
  readonly adds?: true;
  /** Headers of the upstream's answer as the caller gets them; none, if left out. `origin` is where the caller reached the gateway. */
  answerHeaders?(answer: ResourceAnswer, origin: string): Readonly<Record<string, string>>;
}

/** Makes something that costs nothing, at a channel that the kernel chooses: for one user the same, as long as it is there. */
export interface MakingRoute extends ResourceRouteBase {
  readonly does: 'make';
  /** Resources that the body names: what is made lives with them. @throws BadRequestError */
  refersTo?(body: JsonObject): readonly ResourceReference[];
  kept(answer: ResourceAnswer): readonly KeptResource[];
  answerHeaders?(answer: ResourceAnswer, origin: string): Readonly<Record<string, string>>;
}

/** Lists what is the caller's own. The kernel knows the ids and asks for each by itself, so that nobody sees those of others. */
export interface ListingRoute extends ResourceRouteBase {
  readonly does: 'list';
  readonly kind: string;
  /** The path of one of them, with `{id}`. */
  readonly itemPath: string;
  /** How many are wanted, and the id that the page before ended with. @throws BadRequestError */
  page(query: URLSearchParams): { readonly size: number; readonly after?: string };
  /** @param more the id that this page ends with, if there are more. */
  encodePage(items: readonly unknown[], more: string | undefined, query: URLSearchParams): unknown;
}

/** A path of a dialect where a client reaches what lives at an upstream. Its bytes pass; nothing is paid. */
export type ResourceRoute = ReachingRoute | MakingRoute | ListingRoute;
