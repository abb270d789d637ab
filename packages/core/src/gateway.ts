import type { RequestFacts } from '@tollgate/plugin-kit';
import type { DependencyContainer } from 'tsyringe';
import { systemClock } from './foundation/clock.js';
import { newRequestId } from './foundation/ids.js';
import { createApp } from './http/app.js';
import { Authenticator } from './http/authenticator.js';
import { CredentialReader } from './http/credentials.js';
import { checkPlace, HttpServer } from './http/http-server.js';
import { ModelLists } from './http/model-lists.js';
import { RelayFront } from './http/relay-front.js';
import { ResourceFront } from './http/resource-front.js';
import { callerOfAccessToken } from './modules/access/index.js';
import { ledgerSettings } from './modules/ledger/index.js';
import { routingSettings } from './modules/routing/index.js';
import { AddressList, type Principal } from './modules/tokens/index.js';
import type { WeighedBody } from './relay/estimate-tokens.js';
import { estimateCallTokens } from './relay/quote.js';
import { lockDataFolder } from './storage/single-process-lock.js';
import { managementEndpoints } from './gateway/endpoints.js';
import { closeFoundations, type Foundations, type GatewayParts, type OpenedHouse, openFoundations } from './gateway/foundations.js';
import { startModules, stopModules } from './gateway/modules.js';
import { tokens } from './gateway/tokens.js';

export type { GatewayParts, OpenedHouse } from './gateway/foundations.js';

/** A running gateway. */
export interface Gateway {
  listen(): Promise<{ readonly url: string }>;
  /** Takes no more calls, lets the open ones end within the time given, settles them, and stops. */
  close(drainTimeMaxMs?: number): Promise<void>;
}

/**
 * Puts the house together. On SQLite the data folder belongs to one gateway at a time, which is made sure of before the database is touched,
 * as is that the port is free.
 * `prepare` runs on the migrated database before anything serves from it.
 * @throws ConfigurationError, DataFolderInUseError, PluginLoadError, StorageUnavailableError
 */
export async function createGateway(
  parts: GatewayParts,
  prepare: (opened: OpenedHouse) => Promise<void> = async () => undefined,
): Promise<Gateway> {
  const { environment } = parts;
  const lock = environment.databaseUrl === undefined ? lockDataFolder(environment.dataFolder) : undefined;
  try {
    await checkPlace(environment.port, environment.host);
    const foundations = await openFoundations(parts);
    try {
      await prepare(foundations);
      const container = await startModules(parts, foundations);
      return new RunningGateway(parts, foundations, container, () => lock?.release());
    } catch (error) {
      await closeFoundations(foundations);
      throw error;
    }
  } catch (error) {
    lock?.release();
    throw error;
  }
}

class RunningGateway implements Gateway {
  readonly #parts: GatewayParts;
  readonly #foundations: Foundations;
  readonly #container: DependencyContainer;
  readonly #release: () => void;
  readonly #server: HttpServer;
  #closed: Promise<void> | undefined;

  constructor(parts: GatewayParts, foundations: Foundations, container: DependencyContainer, release: () => void) {
    this.#parts = parts;
    this.#foundations = foundations;
    this.#container = container;
    this.#release = release;
    this.#server = new HttpServer(this.#app().callback());
  }

  async listen(): Promise<{ readonly url: string }> {
    const { port, host } = this.#parts.environment;
    return { url: await this.#server.listen(port, host) };
  }

  close(drainTimeMaxMs = 30_000): Promise<void> {
    this.#closed ??= this.#close(drainTimeMaxMs);
    return this.#closed;
  }

  async #close(drainTimeMaxMs: number): Promise<void> {
    const closesAt = systemClock.now() + drainTimeMaxMs;
    await this.#server.drain(drainTimeMaxMs);
    await stopModules(this.#container, closesAt - systemClock.now());
    await closeFoundations(this.#foundations);
    this.#release();
  }

  #app() {
    const { environment, logger } = this.#parts;
    const { database, settings } = this.#foundations;
    const relay = this.#container.resolve(tokens.relay);
    const estimateTokens = (weighed: WeighedBody, facts: RequestFacts, principal: Principal): number =>
      estimateCallTokens(weighed, facts, relay.scaleFor(facts.model, principal), settings.current(ledgerSettings).holdOutputTokensMax);
    const dialects = this.#container.resolve(tokens.dialects);
    const schemaGuard = this.#container.resolve(tokens.schemaGuard);
    const places = dialects.all.flatMap((dialect) => dialect.client.credentials);
    const credentials = new CredentialReader(places);
    const authenticator = new Authenticator(credentials, this.#container.resolve(tokens.tokens));
    const shared = {
      authenticator,
      limits: this.#container.resolve(tokens.limits),
      trustedProxies: new AddressList(environment.trustedProxies),
      clock: systemClock,
      log: logger,
      newRequestId,
      bodyBytesMax: environment.bodyBytesMax,
    };
    return createApp({
      ...shared,
      credentials,
      callerOfAccessToken: (secret) => callerOfAccessToken(database.knex, secret),
      dialects,
      relayFront: new RelayFront({
        ...shared,
        credentials,
        relay,
        estimateTokens,
        sessionHeaders: () => settings.current(routingSettings).sessionHeaders,
        faults: this.#parts.faults,
        metrics: this.#container.resolve(tokens.metrics),
      }),
      resourceFront: new ResourceFront({ ...shared, credentials, resourceRelay: this.#container.resolve(tokens.resourceRelay) }),
      modelLists: new ModelLists({
        dialects,
        channels: this.#container.resolve(tokens.channels),
        groups: this.#container.resolve(tokens.groups),
        models: this.#container.resolve(tokens.models),
      }),
      endpoints: managementEndpoints(this.#container, this.#foundations),
      ready: () => this.#server.isTaking && schemaGuard.fits,
    });
  }
}
