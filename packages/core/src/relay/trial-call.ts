import { type CodecContext, type DialectRoute, type Operation, operationOf, scanTopLevel } from '@tollgate/plugin-kit';
import type { Channel, ChannelKey } from '../modules/channels/index.js';
import type { TestWish } from '../modules/upkeep/index.js';
import type { Principal } from '../modules/tokens/index.js';
import { WeighedBody } from './estimate-tokens.js';
import type { RelayCall, ServedDialect } from './relay-call.js';
import { type Route, routeTo } from './route.js';

const question = 'Say hello.';
/** Enough for an answer of a model that thinks first, and little where somebody pays for it. */
const outputTokensMax = 64;

/** A call of nobody's, and where it goes. */
export interface TrialCall {
  readonly call: RelayCall;
  readonly route: Route;
}

export interface TrialSurroundings {
  readonly dialects: readonly ServedDialect[];
  readonly requestId: string;
  readonly startedAt: number;
  /** What the model is asked for, where no dialect says it. */
  readonly operation: Operation;
  readonly newId: (prefix: string) => string;
}

/**
 * The smallest call that the channel can be asked, in the language in which it needs the least translation.
 * @throws BadRequestError if it cannot be said; undefined if the channel has no language for such a call
 */
export function trialCall(channel: Channel, key: ChannelKey, wish: TestWish, surroundings: TrialSurroundings): TrialCall | undefined {
  const found = pathOf(channel, key, wish, surroundings);
  if (found === undefined) return undefined;
  const { dialect, route } = found;
  const stream = wish.stream && operationOf(dialect) === 'generate';
  const dialectRoute = routeFor(dialect, stream);
  if (dialectRoute === undefined) return undefined;
  const context: CodecContext = {
    lose: () => undefined,
    newId: surroundings.newId,
    now: () => surroundings.startedAt,
    model: { id: wish.model },
  };
  const asked = { ...requestOf(operationOf(dialect), wish.model), stream };
  const json = dialect.upstream.encodeRequest(asked as Parameters<typeof dialect.upstream.encodeRequest>[0], context);
  const body = Buffer.from(JSON.stringify(json));
  const target = {
    route: dialectRoute,
    query: new URLSearchParams(),
    ...(dialectRoute.path.includes('{model}') ? { pathModel: wish.model } : {}),
  };
  const call: RelayCall = {
    requestId: surroundings.requestId,
    startedAt: surroundings.startedAt,
    principal: principalOf(wish.userId),
    dialect,
    target,
    facts: dialect.client.inspect(json, target),
    body,
    json: json,
    weighed: new WeighedBody(json),
    spans: scanTopLevel(body, dialect.client.guardedKeys),
    framing: dialect.client.framing(target),
    passHeaders: {},
    ticket: undefined,
    session: undefined,
    claim: undefined,
  };
  return { call, route };
}

function pathOf(
  channel: Channel,
  key: ChannelKey,
  { model, stream, dialect: wanted }: TestWish,
  { dialects, operation }: TrialSurroundings,
): { readonly dialect: ServedDialect; readonly route: Route } | undefined {
  const meant = dialects.filter((dialect) => (wanted === undefined ? operationOf(dialect) === operation : dialect.id === wanted));
  const paths = meant.flatMap((dialect) => {
    const route = routeTo({ channel, key }, { facts: { model, stream }, dialect }, 1);
    return route === undefined ? [] : [{ dialect, route }];
  });
  const placeOf = ({ route }: (typeof paths)[number]): number =>
    channel.adapter.speaks.indexOf(route.spoken) + (route.lane === 'translate' ? channel.adapter.speaks.length : 0);
  return paths.sort((one, other) => placeOf(one) - placeOf(other))[0];
}

function routeFor({ client }: ServedDialect, stream: boolean): DialectRoute | undefined {
  return client.routes.find((route) => (route.stream ?? stream) === stream);
}

function requestOf(operation: Operation, model: string): object {
  if (operation === 'embed') return { model, inputs: [question] };
  if (operation === 'rerank') return { model, query: question, documents: ['Hello.', 'Good-bye.'] };
  return { model, turns: [{ role: 'user', blocks: [{ type: 'text', text: question }] }], outputTokensMax };
}

function principalOf(userId: string): Principal {
  return { tokenId: '', tokenName: 'channel test', userId, group: '', userGroup: '', tokenEnabled: true, userEnabled: true };
}
