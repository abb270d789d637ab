import type { TestGateway } from '../support/gateway.js';

/** What the management API has answered. */
export interface ApiAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: unknown;
}

/** Asks the management API of a gateway with one credential. */
export class ManagementClient {
  readonly #url: string;
  readonly #credential: string | undefined;

  constructor(gateway: Pick<TestGateway, 'url'>, credential?: string) {
    this.#url = gateway.url;
    this.#credential = credential;
  }

  /** With an access token of the user, made by the command line. */
  static async of(gateway: TestGateway, user = 'root'): Promise<ManagementClient> {
    const { exitCode, stdout, stderr } = await gateway.command('token', 'create', '--access', '--user', user, '--name', `of ${user}`);
    if (exitCode !== 0) throw new Error(`No access token for ${user}:\n${stdout}${stderr}`);
    return new ManagementClient(gateway, stdout.trim());
  }

  async ask(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { ...headers, ...(this.#credential === undefined ? {} : { authorization: `Bearer ${this.#credential}` }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const contentType = response.headers.get('content-type')?.split(';')[0] ?? '';
    return { status: response.status, contentType, body: contentType.endsWith('json') ? JSON.parse(text) : text };
  }

  /** @throws unless it succeeds. */
  async done<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.ask(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as Body;
  }
}
