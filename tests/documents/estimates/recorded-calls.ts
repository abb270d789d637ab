import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { claude } from '@tollgate/adapter-claude';
import { geminiProvider } from '@tollgate/adapter-gemini';
import { openai, openaiCompatible } from '@tollgate/adapter-openai';
import { emptyUsage, inputTokens, type JsonObject, type ProviderAdapter, type Usage } from '@tollgate/plugin-kit';
import { chatDialects, type Fixture, recordedFixtures } from '../../replay/fixtures.js';
import { expectationOf } from '../../replay/expectations.js';
import { wireResponseOf } from '../../replay/wire.js';
import { recordedFixturesFolder } from '../../support/repository.js';

/** One recorded call of which the vendor has stated how many tokens a side of it had. */
export interface RecordedCall {
  readonly file: string;
  readonly provider: Pick<ProviderAdapter, 'id' | 'tokenFamilies'>;
  readonly model: string;
  /** The request and the tokens that the vendor read of it. */
  readonly input?: { readonly body: JsonObject; readonly tokens: number };
  /** What the answer says, and its tokens without those of hidden thinking. */
  readonly output?: RecordedOutput;
}

export interface RecordedOutput {
  readonly texts: readonly string[];
  readonly toolCalls: number;
  readonly tokens: number;
}

/** What a caller cannot see of an answer, or the vendor wrote itself: its tokens cannot be compared with its text. */
const unseenTags: ReadonlySet<string> = new Set(['server-tool', 'media', 'broken', 'error']);
/** Below, one token more or less says nothing. */
const comparedTokensMin = 8;

/** Recorders have cut some answers short: what is left has a small part of the stated tokens. */
const cutShortFactor = 10;
const charactersPerTokenMax = 8;

/** The recorded calls whose tokens can be compared with what they say; empty in a public clone. */
export function recordedCalls(): readonly RecordedCall[] {
  const folder = recordedFixturesFolder;
  if (folder === undefined) return [];
  const readJson = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const { files } = readJson('MANIFEST.json') as { readonly files: readonly ManifestEntry[] };
  const requestFiles = new Map(
    files.filter(({ origin }) => origin !== 'hand-written-or-trimmed').map(({ file, requestFile }) => [file, requestFile]),
  );
  return recordedFixtures
    .filter((fixture) => requestFiles.has(fixture.file) && isComparable(fixture))
    .map((fixture) => {
      const requestFile = requestFiles.get(fixture.file);
      return callOf(fixture, requestFile === undefined ? undefined : (readJson(requestFile) as JsonObject));
    })
    .filter(({ input, output }) => input !== undefined || output !== undefined);
}

interface ManifestEntry {
  readonly file: string;
  readonly origin: string;
  readonly requestFile?: string;
}

function isComparable({ status, dialect, tags, responses }: Fixture): boolean {
  return status === 200 && chatDialects.has(dialect) && responses === 1 && !tags.some((tag) => unseenTags.has(tag));
}

function callOf(fixture: Fixture, body: JsonObject | undefined): RecordedCall {
  const provider = providerOf(fixture);
  const frames = framesOf(fixture);
  const usage = { ...emptyUsage(), ...usageOf(provider, fixture.dialect, frames) };
  const output = outputOf(fixture, usage);
  return {
    file: fixture.file,
    provider,
    model: modelIn(body === undefined ? frames : [body, ...frames]),
    ...(body === undefined ? {} : { input: { body, tokens: inputTokens(usage) } }),
    ...(output === undefined ? {} : { output }),
  };
}

/** Undefined where the tokens have more in them than the text: thinking that is not stated apart, or what a recorder has cut off. */
function outputOf(fixture: Fixture, { outputText: tokens, outputReasoning }: Usage): RecordedOutput | undefined {
  if (tokens < comparedTokensMin || (fixture.tags.includes('thinking') && outputReasoning === 0)) return undefined;
  const { text, toolCalls } = expectationOf(fixture);
  const texts = [text];
  for (const call of toolCalls) texts.push(call.name, typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments));
  const isCutShort = texts.join('').length * cutShortFactor < tokens * charactersPerTokenMax && toolCalls.length === 0;
  return isCutShort ? undefined : { texts, toolCalls: toolCalls.length, tokens };
}

function providerOf({ file, dialect }: Fixture): ProviderAdapter {
  if (dialect === 'claude-messages') return claude;
  if (dialect === 'gemini') return geminiProvider;
  return file.startsWith('openai-compatible/') ? openaiCompatible : openai;
}

function framesOf(fixture: Fixture): readonly unknown[] {
  const body = wireResponseOf(fixture).body.toString('utf8');
  if (fixture.format === 'json-array-stream') return JSON.parse(body) as unknown[];
  if (!fixture.stream) return [JSON.parse(body)];
  return body
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:') && !line.includes('[DONE]'))
    .map((line) => JSON.parse(line.slice('data:'.length)) as unknown);
}

function usageOf(provider: ProviderAdapter, dialectId: string, frames: readonly unknown[]): Partial<Usage> {
  const usage: Partial<Usage> = {};
  const dialect = provider.speaks.find(({ dialect: { id } }) => id === dialectId)?.dialect;
  for (const frame of frames) dialect?.usage.read(frame, usage);
  return usage;
}

/** As the request names the model, else as the answer does. */
function modelIn(documents: readonly unknown[]): string {
  const names = documents.flatMap((json) =>
    [...JSON.stringify(json).matchAll(/"(?:model|modelVersion)":"([^"]+)"/g)].map(([, name]) => name ?? ''),
  );
  return names.find((name) => name !== '') ?? '';
}
