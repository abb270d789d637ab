import type { Dialect, ProviderAdapter } from '@tollgate/plugin-kit';

type Kind = 'text' | 'list' | 'function' | 'object';
type Shape = Readonly<Record<string, Kind>>;

const dialectShape: Shape = {
  id: 'text',
  wire: 'text',
  vendor: 'text',
  framing: 'text',
  'usage.needles': 'list',
  'usage.keep': 'text',
  'usage.read': 'function',
  'upstream.encodeRequest': 'function',
  'upstream.decodeResponse': 'function',
  'upstream.streamDecoder': 'function',
};

const clientShape: Shape = {
  'client.routes': 'list',
  'client.pathPrefixes': 'list',
  'client.credentials': 'list',
  'client.passHeaders': 'list',
  'client.guardedKeys': 'list',
  'client.inspect': 'function',
  'client.framing': 'function',
  'client.decodeRequest': 'function',
  'client.encodeResponse': 'function',
  'client.streamEncoder': 'function',
  'client.encodeError': 'function',
  'client.encodeStreamError': 'function',
};

const providerShape: Shape = {
  id: 'text',
  title: 'text',
  vendor: 'text',
  speaks: 'list',
  headers: 'function',
  'config.shape': 'object',
  'config.safeParse': 'function',
};

const spokenShape: Shape = { dialect: 'object', url: 'function' };

/** What a dialect lacks of its contract, in words; plugins in plain JavaScript have no compiler to tell them. */
export function dialectProblem(dialect: Dialect): string | undefined {
  return problemOf(dialect, dialect?.client === undefined ? dialectShape : { ...dialectShape, ...clientShape });
}

/** What a provider lacks of its contract, in words. */
export function providerProblem(provider: ProviderAdapter): string | undefined {
  const problem = problemOf(provider, providerShape);
  if (problem !== undefined) return problem;
  const broken = provider.speaks.findIndex((spoken) => problemOf(spoken, spokenShape) !== undefined);
  return broken < 0 ? undefined : `speaks.${broken}: ${problemOf(provider.speaks[broken], spokenShape)}`;
}

function problemOf(part: unknown, shape: Shape): string | undefined {
  const wrong = Object.entries(shape).find(([path, kind]) => !isOfKind(valueAt(part, path), kind));
  return wrong === undefined ? undefined : `"${wrong[0]}" must be ${wordOf(wrong[1])}`;
}

function valueAt(part: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined | null)?.[name], part);
}

function isOfKind(value: unknown, kind: Kind): boolean {
  if (kind === 'text') return typeof value === 'string' && value !== '';
  if (kind === 'list') return Array.isArray(value);
  return kind === 'function' ? typeof value === 'function' : typeof value === 'object' && value !== null;
}

function wordOf(kind: Kind): string {
  return { text: 'a text', list: 'a list', function: 'a function', object: 'an object' }[kind];
}
