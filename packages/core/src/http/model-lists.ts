import type { IncomingHttpHeaders } from 'node:http';
import type { ListedModel, ModelListing } from '@tollgate/plugin-kit';
import type { ChannelDirectory, OfferedModel } from '../modules/channels/index.js';
import type { GroupDirectory } from '../modules/groups/index.js';
import { type ModelDirectory, ModelNotFoundError } from '../modules/models/index.js';
import type { Principal } from '../modules/tokens/index.js';
import type { ServedDialect } from '../relay/relay-call.js';
import { decodedPart, type ServedDialects } from './served-dialects.js';

/** A request for a model list, or for one model of it. */
export interface ListRequest {
  readonly dialect: ServedDialect;
  readonly listing: ModelListing;
  /** Undefined = the whole list. */
  readonly model?: string;
}

export interface ModelListDoors {
  readonly dialects: ServedDialects;
  readonly channels: Pick<ChannelDirectory, 'modelsFor'>;
  readonly groups: Pick<GroupDirectory, 'allowedRoutes'>;
  readonly models: Pick<ModelDirectory, 'find'>;
}

/** Model lists in the shape of each dialect, limited to what the caller's token may use. */
export class ModelLists {
  readonly #doors: ModelListDoors;

  constructor(doors: ModelListDoors) {
    this.#doors = doors;
  }

  /** Undefined if no dialect lists models there. Where several share a path, the one that recognises its client is taken. */
  find(path: string, headers: IncomingHttpHeaders, query: URLSearchParams): ListRequest | undefined {
    const there = this.#doors.dialects.all.flatMap((dialect) => listingAt(dialect, path));
    return (
      there.find(({ listing }) => listing.recognises?.(headers, query) === true) ??
      there.find(({ listing }) => listing.recognises === undefined) ??
      there[0]
    );
  }

  /** @throws GroupNotAllowedError, ModelNotFoundError */
  answer({ listing, model }: ListRequest, principal: Principal): unknown {
    const models = this.#modelsOf(principal);
    if (model === undefined) return listing.encodeList(models);
    const one = models.find(({ id }) => id === model);
    if (one === undefined) throw new ModelNotFoundError(model);
    return listing.encodeOne(one);
  }

  #modelsOf(principal: Principal): readonly ListedModel[] {
    const { channels, groups, models } = this.#doors;
    const routes = groups.allowedRoutes(principal);
    return offersIn(routes.map((group) => channels.modelsFor(group))).flatMap(({ name, owner }) => {
      const known = models.find(name);
      if (known?.enabled === false || principal.models?.has(name) === false) return [];
      return [{ id: name, createdAt: known?.createdAt ?? 0, owner }];
    });
  }
}

/** What any of the groups offers; the first one says whose it is. */
function offersIn(ofGroups: readonly (readonly OfferedModel[])[]): readonly OfferedModel[] {
  const [only, ...others] = ofGroups;
  if (only !== undefined && others.length === 0) return only;
  const offers = new Map(
    ofGroups
      .flat()
      .toReversed()
      .map((offer) => [offer.name, offer]),
  );
  return [...offers.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function listingAt(dialect: ServedDialect, path: string): readonly ListRequest[] {
  const listing = dialect.client.models;
  if (listing === undefined) return [];
  if (listing.listPaths.includes(path)) return [{ dialect, listing }];
  const parent = listing.listPaths.find((listPath) => path.startsWith(`${listPath}/`));
  const model = parent === undefined ? undefined : decodedPart(path.slice(parent.length + 1));
  return model === undefined ? [] : [{ dialect, listing, model }];
}
