import type { RecordedRequest } from './local-server.js';
import { type Behaviour, sendJson } from './scripted-upstream.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** One project at a vendor that keeps cached contents and files, as the vendor's reference describes them. */
export interface GeminiAccount {
  readonly behaviour: Behaviour;
  isDown: boolean;
  /** Takes a file away, as its time does. */
  expire(fileName: string): void;
}

interface Answer {
  readonly status?: number;
  readonly body: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Upload {
  readonly facts: JsonObject;
  bytes: number;
}

class Refusal extends Error {
  constructor(
    readonly code: number,
    readonly status: string,
    message: string,
  ) {
    super(message);
  }
}

export function geminiAccount(name: string, key: string): GeminiAccount {
  const project = new Project(name);
  const account: GeminiAccount = {
    isDown: false,
    expire: (fileName) => project.expire(fileName),
    behaviour: (request, response) => {
      try {
        if (account.isDown) throw new Refusal(500, 'INTERNAL', 'An internal error has occurred.');
        if (request.headers['x-goog-api-key'] !== key)
          throw new Refusal(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.');
        const { status = 200, body, headers } = project.answer(request);
        sendJson(response, status, body, headers);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const { code, status, message } = error;
        sendJson(response, code, { error: { code, status, message } });
      }
    },
  };
  return account;
}

/** The vendor says the same of what is not there and of what is somebody else's. */
function missingFile(id: string): Refusal {
  return new Refusal(403, 'PERMISSION_DENIED', `You do not have permission to access the File ${id} or it may not exist.`);
}

function missingCache(): Refusal {
  return new Refusal(403, 'PERMISSION_DENIED', 'CachedContent not found (or permission denied)');
}

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

class Project {
  readonly #name: string;
  readonly #caches = new Map<string, JsonObject>();
  readonly #files = new Map<string, JsonObject>();
  readonly #uploads = new Map<string, Upload>();
  #made = 0;

  constructor(name: string) {
    this.#name = name;
  }

  expire(fileName: string): void {
    this.#files.delete(fileName);
  }

  answer(request: RecordedRequest): Answer {
    const { pathname, searchParams } = new URL(request.path, 'http://project');
    const path = pathname.split('/').slice(2).join('/');
    if (searchParams.has('key')) throw new Refusal(400, 'INVALID_ARGUMENT', 'The key of somebody else came along.');
    if (path === 'upload/v1beta/files') return this.#upload(request, searchParams.get('upload_id'));
    const [, folder = '', id] = path.split('/');
    if (folder === 'cachedContents') return { body: this.#cache(request, id) };
    if (folder === 'files') return { body: this.#file(request.method, id) };
    if (path.endsWith(':generateContent')) return { body: this.#generate(path, jsonOf(request)) };
    throw new Refusal(404, 'NOT_FOUND', `There is no ${request.method} ${path}.`);
  }

  #newId(prefix: string): string {
    this.#made += 1;
    return `${prefix}${this.#name}${this.#made}`;
  }

  #cache(request: RecordedRequest, id: string | undefined): JsonObject {
    if (id === undefined) {
      // The vendor's own list shows what every user of the project has.
      if (request.method === 'GET') return { cachedContents: [...this.#caches.values()] };
      return this.#newCache(jsonOf(request));
    }
    const known = this.#caches.get(id);
    if (known === undefined) throw missingCache();
    if (request.method === 'DELETE') {
      this.#caches.delete(id);
      return {};
    }
    if (request.method === 'PATCH') {
      const { ttl } = jsonOf(request);
      if (!request.path.includes('updateMask') && ttl === undefined) throw new Refusal(400, 'INVALID_ARGUMENT', 'Nothing to change.');
      const expireTime = new Date(Date.now() + Number.parseInt(String(ttl), 10) * 1_000).toISOString();
      this.#caches.set(id, { ...known, expireTime });
    }
    return this.#caches.get(id) ?? {};
  }

  #newCache(body: JsonObject): JsonObject {
    if (!String(body['model']).startsWith('models/')) throw new Refusal(400, 'INVALID_ARGUMENT', 'Invalid model name.');
    this.#checkFiles(body);
    const id = this.#newId('cache');
    const facts = { name: `cachedContents/${id}`, model: body['model'], createTime: new Date().toISOString() };
    const cache = { ...facts, expireTime: inAnHour(), usageMetadata: { totalTokenCount: 2_000 } };
    this.#caches.set(id, cache);
    return cache;
  }

  #file(method: string, id: string | undefined): JsonObject {
    if (id === undefined) return { files: [...this.#files.values()] };
    const known = this.#files.get(`files/${id}`);
    if (known === undefined) throw missingFile(id);
    if (method !== 'DELETE') return known;
    this.#files.delete(`files/${id}`);
    return {};
  }

  /** The resumable protocol: a start, which is told an address, then chunks, of which the last one finalizes. */
  #upload(request: RecordedRequest, uploadId: string | null): Answer {
    const command = String(request.headers['x-goog-upload-command'] ?? '');
    if (command === 'start') {
      const made = this.#newId('upload-');
      this.#uploads.set(made, { facts: (jsonOf(request)['file'] ?? {}) as JsonObject, bytes: 0 });
      const address = `https://vendor.example/upload/v1beta/files?key=secret-of-the-vendor&upload_id=${made}&upload_protocol=resumable`;
      return { body: {}, headers: { 'x-goog-upload-url': address, 'x-goog-upload-status': 'active', 'x-internal': 'vendor-only' } };
    }
    const upload = this.#uploads.get(uploadId ?? '');
    if (upload === undefined) throw new Refusal(404, 'NOT_FOUND', 'There is no such upload.');
    if (Number(request.headers['x-goog-upload-offset']) !== upload.bytes)
      throw new Refusal(400, 'INVALID_ARGUMENT', 'The offset is wrong.');
    upload.bytes += request.body.length;
    if (!command.includes('finalize')) return { body: {}, headers: { 'x-goog-upload-status': 'active' } };
    const name = this.#newId('files/f');
    const uri = `https://generativelanguage.googleapis.com/v1beta/${name}`;
    const file = { ...upload.facts, name, uri, sizeBytes: String(upload.bytes), state: 'ACTIVE', expirationTime: inAnHour() };
    this.#files.set(name, file);
    return { body: { file }, headers: { 'x-goog-upload-status': 'final' } };
  }

  #generate(path: string, body: JsonObject): JsonObject {
    const cache = typeof body['cachedContent'] === 'string' ? body['cachedContent'] : undefined;
    if (cache !== undefined) {
      const known = this.#caches.get(cache.replace('cachedContents/', ''));
      if (known === undefined) throw missingCache();
      if (!path.includes(`${String(known['model'])}:`))
        throw new Refusal(400, 'INVALID_ARGUMENT', 'Model used by GenerateContent request has to match.');
    }
    this.#checkFiles(body);
    const text = `${this.#name} answers${cache === undefined ? '' : ' from the cache'}`;
    return {
      candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: 2_010, cachedContentTokenCount: cache === undefined ? 0 : 2_000, candidatesTokenCount: 3 },
    };
  }

  #checkFiles(body: JsonObject): void {
    for (const [, name = ''] of JSON.stringify(body).matchAll(/googleapis\.com\/v1beta\/(files\/\w+)/g)) {
      if (!this.#files.has(name)) throw missingFile(name);
    }
  }
}

function jsonOf(request: RecordedRequest): JsonObject {
  return JSON.parse(request.body.toString('utf8')) as JsonObject;
}
