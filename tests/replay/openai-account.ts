import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { RecordedRequest } from './local-server.js';
import { type Behaviour, sendJson } from './scripted-upstream.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** One account at a vendor that stores answers: what it keeps, no other account has. */
export interface OpenaiAccount {
  readonly behaviour: Behaviour;
  /** Refuses everything with a 500 while it is true. */
  isDown: boolean;
  /** Refuses its own key, and repeats it, while it is true. */
  isLocked: boolean;
  /** Loses what has this id, as an account does when its time is over. */
  lose(id: string): void;
  /** How long streams stay open after their last event. */
  lingerMs: number;
}

interface StoredResponse {
  readonly answer: JsonObject;
  readonly input: readonly JsonObject[];
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code: string | null = null,
    readonly param: string | null = null,
  ) {
    super(message);
  }
}

/** @param key the one that the account's owner was given; others are refused. */
export function openaiAccount(name: string, key: string): OpenaiAccount {
  const store = new Store(name);
  const account: OpenaiAccount = {
    isDown: false,
    isLocked: false,
    lingerMs: 0,
    lose: (id) => store.lose(id),
    behaviour: async (request, response) => {
      try {
        if (account.isDown) throw new Refusal(500, 'The server had an error.');
        if (account.isLocked || request.headers.authorization !== `Bearer ${key}`)
          throw new Refusal(401, `Incorrect API key provided: ${key}`, 'invalid_api_key');
        const { pathname } = new URL(request.path, 'http://account');
        await route(store, account, request, pathname.split('/').slice(3), response);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const { status, message, code, param } = error;
        sendJson(response, status, { error: { message, type: 'invalid_request_error', param, code } });
      }
    },
  };
  return account;
}

async function route(store: Store, account: OpenaiAccount, request: RecordedRequest, path: readonly string[], response: ServerResponse) {
  const [place = '', id, ...below] = path;
  const asked = `${request.method} ${[place, id && '*', ...below].filter(Boolean).join('/')}`;
  switch (place) {
    case 'responses':
      if (request.method === 'POST' && id === undefined) return create(store, account, jsonOf(request), request, response);
      if (request.method === 'POST' && id === 'compact') return sendJson(response, 200, store.compacted(jsonOf(request)));
      return sendJson(response, 200, store.stored(asked, id ?? ''));
    case 'conversations':
      return sendJson(response, 200, store.conversation(asked, id, below[1], request.method === 'POST' ? jsonOf(request) : {}));
    case 'files':
      if (request.method === 'GET' && below[0] === 'content') {
        response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(store.file(id ?? '').content);
        return;
      }
      return sendJson(response, 200, store.files(asked, id, request));
    default:
      throw new Refusal(404, `There is no ${asked}.`);
  }
}

function jsonOf(request: RecordedRequest): JsonObject {
  return request.body.length === 0 ? {} : (JSON.parse(request.body.toString('utf8')) as JsonObject);
}

async function create(store: Store, account: OpenaiAccount, body: JsonObject, request: RecordedRequest, response: ServerResponse) {
  const answer = store.answer(body);
  const headers = request.headers['x-codex-turn-metadata'] === undefined ? {} : { 'x-codex-turn-state': 'turn-7' };
  if (body['stream'] !== true) return sendJson(response, 200, answer, headers);
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  const [item] = answer.output;
  const events = [
    { type: 'response.created', response: { ...answer, status: 'in_progress', output: [], usage: null } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: answer },
  ];
  events.forEach((event, index) =>
    response.write(`event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`),
  );
  await wait(account.lingerMs);
  response.end();
}

/** What one account keeps. */
class Store {
  readonly #name: string;
  readonly #responses = new Map<string, StoredResponse>();
  readonly #items = new Map<string, JsonObject>();
  readonly #conversations = new Map<string, Map<string, JsonObject>>();
  readonly #files = new Map<string, { readonly facts: JsonObject; readonly content: Buffer }>();
  #made = 0;

  constructor(name: string) {
    this.#name = name;
  }

  lose(id: string): void {
    this.#responses.delete(id);
    this.#items.delete(id);
    this.#files.delete(id);
  }

  /** Ids say whose they are, so that a test can tell where an answer came from. */
  #newId(prefix: string): string {
    this.#made += 1;
    return `${prefix}${this.#name}_${this.#made}`;
  }

  answer(body: JsonObject): JsonObject & { readonly output: readonly JsonObject[] } {
    const turns = this.#turnsOf(body);
    const text = `${this.#name} knows ${turns} earlier`;
    const content = [{ type: 'output_text', text, annotations: [] }];
    const item = { type: 'message', id: this.#newId('msg_'), role: 'assistant', status: 'completed', content };
    const usage = { input_tokens: 10 * (turns + 1), output_tokens: 5, total_tokens: 10 * (turns + 1) + 5 };
    const answer = {
      id: this.#newId('resp_'),
      object: 'response',
      created_at: 1_700_000_000,
      status: 'completed',
      model: body['model'],
      previous_response_id: body['previous_response_id'] ?? null,
      output: [item],
      usage,
    };
    if (body['store'] !== false) this.#keep(answer.id, answer, item, body);
    return answer;
  }

  #keep(id: string, answer: JsonObject, item: JsonObject, body: JsonObject): void {
    const input = { type: 'message', id: this.#newId('msg_'), role: 'user', content: [{ type: 'input_text', text: body['input'] }] };
    this.#responses.set(id, { answer, input: [input] });
    this.#items.set(String(item['id']), item);
  }

  /** How many earlier answers are known to the model. Everything that is named has to be here. */
  #turnsOf(body: JsonObject): number {
    const previous = body['previous_response_id'];
    const conversation = body['conversation'];
    let turns = 0;
    for (let id = previous; typeof id === 'string'; turns += 1) {
      const known = this.#responses.get(id);
      if (known === undefined)
        throw new Refusal(400, `Previous response with id '${id}' not found.`, 'previous_response_not_found', 'previous_response_id');
      id = known.answer['previous_response_id'];
    }
    if (typeof conversation === 'string') this.#conversation(conversation);
    for (const item of Array.isArray(body['input']) ? (body['input'] as JsonObject[]) : []) this.#checkItem(item);
    return turns;
  }

  #checkItem(item: JsonObject): void {
    if (item['type'] === 'item_reference' && !this.#items.has(String(item['id']))) {
      throw new Refusal(404, `Item with id '${String(item['id'])}' not found.`, null, 'input');
    }
    for (const part of Array.isArray(item['content']) ? (item['content'] as JsonObject[]) : []) {
      if (typeof part['file_id'] === 'string') this.file(part['file_id']);
    }
  }

  compacted(body: JsonObject): JsonObject {
    this.#turnsOf(body);
    return {
      id: this.#newId('resp_'),
      object: 'response.compaction',
      created_at: 1_700_000_000,
      output: [{ type: 'compaction', id: this.#newId('cmp_'), encrypted_content: `sealed by ${this.#name}` }],
      usage: { input_tokens: 400, output_tokens: 50, total_tokens: 450 },
    };
  }

  stored(asked: string, id: string): JsonObject {
    const known = this.#responses.get(id);
    if (known === undefined) throw new Refusal(404, `Response with id '${id}' not found.`);
    switch (asked) {
      case 'GET responses/*':
        return known.answer;
      case 'DELETE responses/*':
        this.#responses.delete(id);
        return { id, object: 'response', deleted: true };
      case 'POST responses/*/cancel':
        return { ...known.answer, status: 'cancelled' };
      case 'GET responses/*/input_items':
        return listOf(known.input);
      default:
        throw new Refusal(404, `There is no ${asked}.`);
    }
  }

  conversation(asked: string, id: string | undefined, itemId: string | undefined, body: JsonObject): JsonObject {
    if (id === undefined) {
      for (const item of (body['items'] ?? []) as JsonObject[]) this.#checkItem(item);
      const made = this.#newId('conv_');
      this.#conversations.set(made, new Map());
      this.#addItems(made, body);
      return { id: made, object: 'conversation', created_at: 1_700_000_000, metadata: body['metadata'] ?? {} };
    }
    const items = this.#conversation(id);
    const known = { id, object: 'conversation', created_at: 1_700_000_000, metadata: body['metadata'] ?? {} };
    if (asked === 'DELETE conversations/*') {
      this.#conversations.delete(id);
      return { id, object: 'conversation.deleted', deleted: true };
    }
    if (asked === 'POST conversations/*/items') return listOf(this.#addItems(id, body));
    if (asked === 'GET conversations/*/items') return listOf([...items.values()]);
    if (itemId === undefined) return known;
    const item = items.get(itemId);
    if (item === undefined) throw new Refusal(404, `Item with id '${itemId}' not found.`);
    if (!asked.startsWith('DELETE')) return item;
    items.delete(itemId);
    return known;
  }

  #conversation(id: string): Map<string, JsonObject> {
    const items = this.#conversations.get(id);
    if (items === undefined) throw new Refusal(404, `Conversation with id '${id}' not found.`);
    return items;
  }

  #addItems(id: string, body: JsonObject): readonly JsonObject[] {
    const given = Array.isArray(body['items']) ? (body['items'] as JsonObject[]) : [];
    const added = given.map((item): JsonObject & { id: string } => ({ ...item, id: this.#newId('msg_') }));
    for (const item of added) this.#conversations.get(id)?.set(item.id, item);
    return added;
  }

  file(id: string): { readonly facts: JsonObject; readonly content: Buffer } {
    const file = this.#files.get(id);
    if (file === undefined) throw new Refusal(404, `No such File object: ${id}`, null, 'id');
    return file;
  }

  files(asked: string, id: string | undefined, request: RecordedRequest): JsonObject {
    if (asked === 'POST files') return this.#upload(request);
    // The vendor's own list shows what every user of the account has.
    if (asked === 'GET files') return listOf([...this.#files.values()].map(({ facts }) => facts));
    const { facts } = this.file(id ?? '');
    if (asked === 'GET files/*') return facts;
    this.#files.delete(id ?? '');
    return { id, object: 'file', deleted: true };
  }

  #upload(request: RecordedRequest): JsonObject {
    const boundary = /boundary=(.+)$/.exec(request.headers['content-type'] ?? '')?.[1];
    if (boundary === undefined) throw new Refusal(400, 'A file comes as multipart/form-data.');
    const parts = request.body.toString('latin1').split(`--${boundary}`);
    const valueOf = (name: string): string =>
      /\r\n\r\n([^]*)\r\n$/.exec(parts.find((part) => part.includes(`name="${name}"`)) ?? '')?.[1] ?? '';
    const content = Buffer.from(valueOf('file'), 'latin1');
    const facts = { id: this.#newId('file-'), object: 'file', bytes: content.length, purpose: valueOf('purpose'), filename: 'a.txt' };
    this.#files.set(facts.id, { facts, content });
    return facts;
  }
}

function listOf(data: readonly JsonObject[]): JsonObject {
  return { object: 'list', data, first_id: data[0]?.['id'] ?? null, last_id: data.at(-1)?.['id'] ?? null, has_more: false };
}
