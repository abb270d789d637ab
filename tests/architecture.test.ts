import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  adapterImports,
  fileCycles,
  forbiddenRooms,
  kitImports,
  moduleCycles,
  sideEntrances,
  strayPackages,
  type Violations,
} from './architecture/import-rules.js';
import { installedFolders, javascriptFiles } from './architecture/installed-packages.js';
import { parseSource, readSources, type SourceFile } from './architecture/source-tree.js';
import { carelessFileNames, longFunctions, strayEnvironment, straySql, vagueNames, vendorNames } from './architecture/text-rules.js';
import { repositoryFolder } from './support/repository.js';

const sources = ['packages', 'examples', 'tests'].flatMap((folder) => readSources(repositoryFolder, folder));

interface Rule {
  readonly title: string;
  readonly check: (sources: readonly SourceFile[]) => Violations;
  /** Files that break the rule: path → text. */
  readonly broken: Readonly<Record<string, string>>;
  /** Files close to breaking it that do not. */
  readonly kept: Readonly<Record<string, string>>;
}

const core = 'packages/core/src';
const bodyOf = (lines: number): string => `export function grow(): void {\n${'  step();\n'.repeat(lines - 2)}}\n`;

const rules: readonly Rule[] = [
  {
    title: 'rooms of the core enter only the rooms below them',
    check: forbiddenRooms,
    broken: { [`${core}/foundation/clock.ts`]: `import type { Ledger } from '../modules/ledger/index.js';` },
    kept: {
      [`${core}/relay/relay.ts`]: `import type { Ledger } from '../modules/ledger/index.js';`,
      [`${core}/gateway.ts`]: `import { app } from './http/app.js';`,
    },
  },
  {
    title: 'a room that is not in the plan is noticed',
    check: forbiddenRooms,
    broken: { [`${core}/attic/box.ts`]: `import { a } from '../foundation/clock.js';` },
    kept: { [`${core}/cluster/bus.ts`]: `import { a } from '../foundation/clock.js';` },
  },
  {
    title: 'modules are entered by their index.ts',
    check: sideEntrances,
    broken: { [`${core}/modules/usage/usage.ts`]: `import { plan } from '../ledger/planner.js';` },
    kept: { [`${core}/modules/ledger/writer.ts`]: `import { plan } from './planner.js'; import { rateFor } from '../pricing/index.js';` },
  },
  {
    title: 'modules do not go round in circles',
    check: moduleCycles,
    broken: {
      [`${core}/modules/usage/usage.ts`]: `import { a } from '../ledger/index.js';`,
      [`${core}/modules/ledger/ledger.ts`]: `import { b } from '../usage/index.js';`,
    },
    kept: { [`${core}/modules/usage/usage.ts`]: `import { a } from '../ledger/index.js';` },
  },
  {
    title: 'imports do not go round in circles',
    check: fileCycles,
    broken: { 'packages/a/src/a.ts': `export * from './b.js';`, 'packages/a/src/b.ts': `import { a } from './a.js';` },
    kept: { 'packages/a/src/a.ts': `export * from './b.js';`, 'packages/a/src/b.ts': `import type { A } from './a.js';` },
  },
  {
    title: 'database drivers, koa and tsyringe stay at home',
    check: strayPackages,
    broken: { [`${core}/relay/relay.ts`]: `import type { Context } from 'koa';` },
    kept: {
      [`${core}/modules/users/user-store.ts`]: `import type { Knex } from 'knex';`,
      [`${core}/http/app.ts`]: `import Koa from 'koa';`,
    },
  },
  {
    title: 'SQL is written in stores',
    check: straySql,
    broken: { [`${core}/modules/users/users.ts`]: 'const text = `select id from ${table} where name = ?`;' },
    kept: {
      [`${core}/modules/users/user-store.ts`]: `const text = 'select id from users';`,
      [`${core}/modules/users/users.ts`]: `const text = 'choose: update the group or set a ratio';`,
    },
  },
  {
    title: 'the environment is read in one file',
    check: strayEnvironment,
    broken: { [`${core}/http/app.ts`]: `const port = process.env['PORT'];` },
    kept: { [`${core}/environment.ts`]: `const port = process.env['PORT'];` },
  },
  {
    title: 'the core names no vendor',
    check: vendorNames,
    broken: { [`${core}/relay/relay.ts`]: '// OpenAI sends usage last.' },
    kept: { [`${core}/relay/relay.ts`]: '// They repay coherent answers.' },
  },
  {
    title: 'adapters import the contract, other adapters, and types of vendor clients',
    check: adapterImports,
    broken: { 'packages/adapter-x/src/x.ts': `import OpenAI from 'openai';` },
    kept: {
      'packages/adapter-x/src/x.ts': `import type OpenAI from 'openai'; import { secret } from '@tollgate/plugin-kit'; import { a } from './a.js';`,
    },
  },
  {
    title: 'adapters never see the core',
    check: adapterImports,
    broken: { 'packages/adapter-x/src/x.ts': `import type { Relay } from '@tollgate/core';` },
    kept: { 'packages/adapter-x/src/x.test.ts': `import { createGateway } from '@tollgate/core';` },
  },
  {
    title: 'presets are made of dialects of adapters, and of nothing else',
    check: adapterImports,
    broken: { 'packages/provider-presets/src/x.ts': `import { createHash } from 'node:crypto';` },
    kept: { 'packages/provider-presets/src/x.ts': `import { openaiChat } from '@tollgate/adapter-openai';` },
  },
  {
    title: 'the contract imports zod and nothing else',
    check: kitImports,
    broken: { 'packages/plugin-kit/src/x.ts': `import { fetch } from 'undici';` },
    kept: { 'packages/plugin-kit/src/x.ts': `import { z } from 'zod';` },
  },
  {
    title: 'functions have at most 70 lines of code',
    check: longFunctions,
    broken: { 'packages/x/src/x.ts': bodyOf(71) },
    kept: { 'packages/x/src/x.ts': bodyOf(70), 'packages/x/src/y.ts': `${bodyOf(69).slice(0, -2)}  // why\n\n}\n` },
  },
  {
    title: 'names of files and folders say something',
    check: vagueNames,
    broken: { 'packages/x/src/string-utils.ts': '' },
    kept: { 'packages/x/src/commonmark.ts': '' },
  },
  {
    title: 'file names are kebab-case',
    check: carelessFileNames,
    broken: { 'packages/x/src/userStore.ts': '' },
    kept: { 'packages/x/src/user-store.test.ts': '', 'packages/x/src/migrations/0001-ledger.ts': '' },
  },
];

const parseAll = (files: Readonly<Record<string, string>>): readonly SourceFile[] =>
  Object.entries(files).map(([path, text]) => parseSource(path, text));

describe('architecture', () => {
  for (const rule of rules) {
    it(rule.title, () => {
      expect(rule.check(sources)).toEqual([]);
    });
  }

  it.each(rules)('notices when not: $title', ({ check, broken, kept }) => {
    expect(check(parseAll(broken))).not.toEqual([]);
    expect(check(parseAll(kept))).toEqual([]);
  });

  it('reads every package', () => {
    const read = new Set(sources.map((source) => source.path.split('/').slice(0, 2).join('/')));
    const packages = readdirSync(join(repositoryFolder, 'packages')).map((name) => `packages/${name}`);
    expect(packages.filter((name) => !read.has(name))).toEqual([]);
  });

  it('keeps zod the only dependency of the contract', () => {
    const manifest = JSON.parse(readFileSync(join(repositoryFolder, 'packages/plugin-kit/package.json'), 'utf8')) as Record<
      string,
      object | undefined
    >;
    expect(Object.keys({ ...manifest['dependencies'], ...manifest['peerDependencies'] })).toEqual(['zod']);
  });

  // In V8 one such class makes reading the characters of any string in the process four to eight times slower, in Node 20 as in 22: a request
  // of a megabyte then costs 20 ms more.
  it('loads no package that makes a subclass of String', () => {
    const folders = ['core', 'adapter-openai', 'adapter-claude', 'adapter-gemini'].map((name) => join(repositoryFolder, 'packages', name));
    const installed = new Set(folders.flatMap((folder) => [...installedFolders(folder)]));
    expect(installed.size).toBeGreaterThan(100);
    const makesSubclass = (path: string): boolean => /\bextends String\b/.test(readFileSync(path, 'utf8'));
    expect([...installed].flatMap(javascriptFiles).filter(makesSubclass)).toEqual([]);
  });
});
