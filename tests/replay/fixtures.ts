import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { recordedFixturesFolder, repositoryFolder } from '../support/repository.js';

const entrySchema = z.object({
  /** From the set's folder; also the fixture's name. */
  file: z.string(),
  format: z.enum(['jsonl-chunks', 'sse-raw', 'json', 'json-array-stream']),
  dialect: z.string(),
  stream: z.boolean(),
  status: z.number(),
  /** Bytes equal what the vendor sent; others were written anew by a recorder. */
  wireExact: z.boolean(),
  /** How many responses are concatenated in a `jsonl-chunks` file. */
  responses: z.number().default(1),
  tags: z.array(z.string()),
  responseHeaders: z.record(z.string(), z.string()).optional(),
});

export interface Fixture extends z.output<typeof entrySchema> {
  readonly content: Buffer;
}

function loadSet(folder: string): readonly Fixture[] {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'MANIFEST.json'), 'utf8'));
  const { files } = z.object({ files: z.array(entrySchema) }).parse(manifest);
  return files.map((entry) => ({ ...entry, content: readFileSync(join(folder, entry.file)) }));
}

/** Recorded from vendors; empty in a public clone. */
export const recordedFixtures: readonly Fixture[] = recordedFixturesFolder === undefined ? [] : loadSet(recordedFixturesFolder);

/** Written by hand from the vendors' documentation: always there. */
export const writtenFixtures: readonly Fixture[] = loadSet(join(repositoryFolder, 'tests/__fixtures__'));

export const allFixtures: readonly Fixture[] = [...writtenFixtures, ...recordedFixtures];

export const chatDialects: ReadonlySet<string> = new Set(['openai-chat', 'openai-responses', 'claude-messages', 'gemini']);

const beyondText: ReadonlySet<string> = new Set(['thinking', 'media', 'server-tool', 'error', 'broken']);

/** Successful answers of text or tool calls, without what other issues bring. */
export function plainAnswers(fixtures: readonly Fixture[]): readonly Fixture[] {
  return fixtures.filter(
    ({ tags, status, dialect }) =>
      status === 200 &&
      chatDialects.has(dialect) &&
      tags.includes('chat') &&
      (tags.includes('text') || tags.includes('tools')) &&
      !tags.some((tag) => beyondText.has(tag)),
  );
}

export function fixtureNamed(file: string): Fixture {
  const found = allFixtures.find((fixture) => fixture.file === file);
  if (found === undefined) throw new Error(`There is no fixture ${file}.`);
  return found;
}

/** Says aloud what a public clone cannot run. */
export function announceMissingRecordings(suite: string): void {
  if (recordedFixtures.length === 0)
    console.warn(
      `${suite}: the vendors' recorded responses are not in a public clone; only the hand-written ones of tests/__fixtures__ run.`,
    );
}
