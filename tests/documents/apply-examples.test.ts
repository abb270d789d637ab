import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseApplyFile } from '../../packages/core/src/modules/apply/index.js';
import { checkSetting } from '../../packages/core/src/modules/settings/index.js';
import { settingsDefinitions } from '../../packages/core/src/settings-definitions.js';
import { repositoryFolder } from '../support/repository.js';

const pages = ['README.md', 'docs/apply.md', 'docs/settings.md', 'docs/settlement.md'];
const variables = {
  UPSTREAM_API_KEY: 'k',
  FIRST_KEY: 'first',
  SECOND_KEY: 'second',
  PROXY_PASSWORD: 'p',
  OPENAI_API_KEY: 'k',
  ALICE_PASSWORD: 'a long enough password',
};

function examplesIn(page: string): readonly string[] {
  return [...readFileSync(join(repositoryFolder, page), 'utf8').matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => text);
}

describe('examples of apply files', () => {
  it.each(pages)('in %s are right in themselves', (page) => {
    const examples = examplesIn(page);
    expect(examples).not.toEqual([]);
    for (const example of examples) {
      const { document } = parseApplyFile(example, page, variables);
      for (const [section, fields] of Object.entries(document.settings)) {
        const definition = settingsDefinitions.find((known) => known.section === section);
        if (definition === undefined) throw new Error(`${page} names the section ${section}, which there is not.`);
        for (const [field, value] of Object.entries(fields)) checkSetting(definition, field, value);
      }
    }
  });
});
