import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { repositoryFolder } from '../support/repository.js';

interface ProofDocument {
  readonly proofs: readonly { readonly invariants: { readonly checked: number; readonly violated: number } }[];
}

const textOf = (file: string): string => readFileSync(join(repositoryFolder, file), 'utf8');

describe('docs/proof.md', () => {
  it('says what docs/proof.json says; both are written by npm run prove', async () => {
    const { proofPage } = (await import(pathToFileURL(join(repositoryFolder, 'scripts/proof-page.mjs')).href)) as {
      proofPage: (document: ProofDocument) => string;
    };
    const document = JSON.parse(textOf('docs/proof.json')) as ProofDocument;
    expect(textOf('docs/proof.md')).toBe(proofPage(document));
    expect(document.proofs.length).toBeGreaterThan(0);
  });

  it('shows a violation, if there is one, in its first figures', async () => {
    const { proofPage } = (await import(pathToFileURL(join(repositoryFolder, 'scripts/proof-page.mjs')).href)) as {
      proofPage: (document: object) => string;
    };
    const result = { proof: 'faults', database: 'sqlite', tries: 1, of: 'seeds', faults: { wait: 2 }, seconds: 1, commit: 'c', date: 'd' };
    const page = proofPage({ proofs: [{ ...result, invariants: { checked: 1_234, violated: 1 }, violations: ['a hold is open'] }] });
    expect(page).toContain('**2 faults, 1,234 checks, 1 violated.**');
    expect(page).toContain('**violated**: a hold is open');
  });
});
