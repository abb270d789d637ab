import type { Import, SourceFile } from './source-tree.js';

/** What breaks a rule, one line each: the file, and why. */
export type Violations = readonly string[];

const core = 'packages/core/src/';

/** Which rooms of the core a room may enter, besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  http: ['relay', 'modules', 'plugins', 'cluster', 'foundation'],
  relay: ['modules', 'foundation'],
  modules: ['storage', 'cluster', 'foundation'],
  plugins: ['foundation'],
  configuration: ['plugins', 'foundation'],
  cluster: ['storage', 'foundation'],
  storage: ['foundation'],
  foundation: [],
  'environment.ts': ['configuration', 'foundation'],
};

/** Files that wire the house together and may enter every room. */
const wiring: ReadonlySet<string> = new Set(['gateway.ts', 'gateway', 'cli.ts', 'index.ts', 'cli', 'settings-definitions.ts']);

function roomOf(path: string): string {
  return path.slice(core.length).split('/')[0] ?? '';
}

function moduleOf(path: string): string {
  return path.slice(core.length).split('/')[1] ?? '';
}

function coreSources(sources: readonly SourceFile[]): readonly SourceFile[] {
  return sources.filter((source) => source.path.startsWith(core) && !source.isTest);
}

/** Pairs of a source file of the core and an import that stays inside the core. */
function insideCore(sources: readonly SourceFile[]): readonly { readonly from: string; readonly target: string }[] {
  return coreSources(sources).flatMap((source) =>
    source.imports.flatMap(({ target }) => (target?.startsWith(core) === true ? [{ from: source.path, target }] : [])),
  );
}

export function forbiddenRooms(sources: readonly SourceFile[]): Violations {
  return insideCore(sources).flatMap(({ from, target }) => {
    const room = roomOf(from);
    if (wiring.has(room) || room === roomOf(target)) return [];
    const allowed = mayImport[room];
    if (allowed === undefined) return [`${from}: "${room}" is no room of the house`];
    return allowed.includes(roomOf(target)) ? [] : [`${from} may not import ${target}`];
  });
}

/** A module is entered by its door, `index.ts`. */
export function sideEntrances(sources: readonly SourceFile[]): Violations {
  return insideCore(sources).flatMap(({ from, target }) => {
    if (roomOf(target) !== 'modules' || wiring.has(roomOf(from))) return [];
    if (roomOf(from) === 'modules' && moduleOf(from) === moduleOf(target)) return [];
    return target === `${core}modules/${moduleOf(target)}/index.ts` ? [] : [`${from} enters ${target} by the window`];
  });
}

export function moduleCycles(sources: readonly SourceFile[]): Violations {
  const edges = insideCore(sources).filter(({ from, target }) => roomOf(from) === 'modules' && roomOf(target) === 'modules');
  return cyclesIn(edges.map(({ from, target }) => [moduleOf(from), moduleOf(target)] as const).filter(([from, to]) => from !== to));
}

/** Circles of files that load each other; types are gone before anything is loaded. */
export function fileCycles(sources: readonly SourceFile[]): Violations {
  const edges = sources
    .filter((source) => !source.isTest)
    .flatMap((source) =>
      source.imports.flatMap(({ target, typeOnly }) => (target === undefined || typeOnly ? [] : [[source.path, target] as const])),
    );
  return cyclesIn(edges);
}

/** Each cycle of the graph, once, as `a → b → a`. */
function cyclesIn(edges: readonly (readonly [string, string])[]): Violations {
  const next = new Map<string, Set<string>>();
  for (const [from, to] of edges) next.set(from, (next.get(from) ?? new Set()).add(to));
  const finished = new Set<string>();
  const cycles: string[] = [];
  const walk = (node: string, path: readonly string[]): void => {
    if (finished.has(node)) return;
    const start = path.indexOf(node);
    if (start >= 0) {
      cycles.push([...path.slice(start), node].join(' → '));
      return;
    }
    for (const neighbour of next.get(node) ?? []) walk(neighbour, [...path, node]);
    finished.add(node);
  };
  for (const node of next.keys()) walk(node, []);
  return cycles;
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

const databasePackages: ReadonlySet<string> = new Set(['knex', 'pg', 'better-sqlite3', 'ioredis']);

export function speaksToDatabase(path: string): boolean {
  return /^packages\/core\/src\/(storage|cluster)\//.test(path) || /-store[a-z0-9-]*\.ts$/.test(path);
}

const homes: readonly { readonly packages: ReadonlySet<string>; readonly allows: (path: string) => boolean }[] = [
  { packages: databasePackages, allows: speaksToDatabase },
  { packages: new Set(['koa', '@koa/router']), allows: (path) => path.startsWith(`${core}http/`) },
  { packages: new Set(['tsyringe', 'reflect-metadata']), allows: (path) => path.startsWith(`${core}gateway`) },
];

/** Packages that have one home in the core. */
export function strayPackages(sources: readonly SourceFile[]): Violations {
  return coreSources(sources).flatMap((source) =>
    source.imports
      .filter((entry) => homes.some(({ packages, allows }) => packages.has(packageOf(entry.specifier)) && !allows(source.path)))
      .map((entry) => `${source.path} may not import ${entry.specifier}`),
  );
}

const vendorClients: ReadonlySet<string> = new Set(['openai', '@anthropic-ai/sdk', '@google/generative-ai', '@google/genai']);

/** Packages of providers, which build on the contract and on the dialects of adapters. */
const adapterSource = /^packages\/(?:adapter-[^/]+|provider-presets)\/src\//;

/** Adapters meet the gateway in the contract only, and take nothing but types from a vendor's client. */
export function adapterImports(sources: readonly SourceFile[]): Violations {
  return sources
    .filter((source) => adapterSource.test(source.path) && !source.isTest)
    .flatMap((source) =>
      source.imports.filter((entry) => !adapterMayImport(source, entry)).map((entry) => `${source.path} may not import ${entry.specifier}`),
    );
}

function adapterMayImport(source: SourceFile, entry: Import): boolean {
  const home = source.path.split('/').slice(0, 3).join('/');
  if (entry.target !== undefined) return entry.target.startsWith(`${home}/`);
  const name = packageOf(entry.specifier);
  if (vendorClients.has(name)) return entry.typeOnly;
  // For signatures; nothing else of what they do needs more than the contract.
  if (name === 'node:crypto') return home.startsWith('packages/adapter-');
  return name === '@tollgate/plugin-kit' || name === 'zod' || name.startsWith('@tollgate/adapter-');
}

/** The contract stands on zod alone. */
export function kitImports(sources: readonly SourceFile[]): Violations {
  return sources
    .filter((source) => source.path.startsWith('packages/plugin-kit/src/') && !source.isTest)
    .flatMap((source) =>
      source.imports
        .filter((entry) => entry.target === undefined && packageOf(entry.specifier) !== 'zod' && !entry.specifier.startsWith('node:'))
        .map((entry) => `${source.path} may not import ${entry.specifier}`),
    );
}
