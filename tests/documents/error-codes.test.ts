import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSource, readSources } from '../architecture/source-tree.js';
import { repositoryFolder } from '../support/repository.js';
import { type ErrorCode, errorCodesIn } from './error-codes.js';

const codesOf = (text: string): readonly ErrorCode[] => errorCodesIn([parseSource('packages/x/src/x-errors.ts', text)]);

describe('error codes in sources', () => {
  it.each([
    ["class A extends GatewayError { readonly status = 404; readonly code = 'a'; }", { code: 'a', status: 404 }],
    ["const b = { kind: 'server', status: 500, code: 'b', message: 'B.' };", { code: 'b', status: 500 }],
    ["verdictForKind('timeout', 504, `C ${c}.`, 'c');", { code: 'c', status: 504 }],
    ["throw new BadRequestError('D.', undefined, 'd');", { code: 'd', status: 400 }],
    ["class BadRequestError { constructor(readonly code = 'e') {} }", { code: 'e', status: 400 }],
  ])('are seen in %s', (text, found) => {
    expect(codesOf(text)).toEqual([found]);
  });

  it('are not seen where a value only looks like one', () => {
    expect(codesOf("const a = { status: 1, code: 'a' }; class B { readonly status = 404; readonly code = 'b'; } new Error('c')")).toEqual(
      [],
    );
  });
});

describe('docs/errors.md', () => {
  it('describes every code of the sources with its status, and no other', () => {
    const packages = readdirSync(join(repositoryFolder, 'packages'));
    const sources = packages.flatMap((name) => readSources(repositoryFolder, `packages/${name}/src`));
    // The conformance kit makes errors up to see what becomes of them.
    const found = errorCodesIn(sources.filter(({ path }) => !path.includes('/conformance/')));
    expect(describedCodes()).toEqual([...new Set(found.map(lineOf))].sort());
  });
});

/** The rows `| code | status | what it means | what to do |` of the page. */
function describedCodes(): readonly string[] {
  const page = readFileSync(join(repositoryFolder, 'docs/errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\d{3}) \| [^|]+\S \| [^|]+\S \|$/gm)];
  return rows.map(([, code = '', status]) => lineOf({ code, status: Number(status) })).sort();
}

function lineOf({ code, status }: ErrorCode): string {
  return `${code} ${status}`;
}
