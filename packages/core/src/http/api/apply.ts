import { z } from 'zod';
import { type FieldProblem, GatewayError } from '../../foundation/errors.js';
import {
  type ApplyFile,
  ApplyFileError,
  type ApplyOptions,
  type ApplyResult,
  applySections,
  type ExportedConfiguration,
  type ExportOptions,
  exportText,
  parseApplyFile,
  requestWords,
} from '../../modules/apply/index.js';
import { changeActions, changeKinds } from '../../modules/changes/index.js';
import type { CircuitRecord } from '../../modules/health/index.js';
import { channelFilterShape, filterOf } from './channels.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';

export interface ApplyDoors {
  /** In force on this node when it resolves. */
  apply(file: ApplyFile, options: ApplyOptions): Promise<ApplyResult>;
  export(options: ExportOptions): Promise<ExportedConfiguration>;
  /** What is open or disabled now, of all channels. */
  circuits(): readonly CircuitRecord[];
}

/** What is larger takes so long to read that calls would have to wait for it. */
const fileBytesMax = 2 ** 20;
const tooLarge = 'Is larger than 1 MB. The command `tollgate apply`, a process of its own, takes files of any size.';

/** Beyond them, a file is mended first and sent again. */
const problemsMax = 100;

/** The apply file is refused as a whole: nothing of it was applied. */
export class InvalidApplyFileError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'invalid_apply_file';
  readonly problems: readonly FieldProblem[];

  /** @param isText places in it mean something to whoever has sent it */
  constructor({ problems }: ApplyFileError, isText: boolean) {
    const fields = problems.map(({ path, line, column, message }) => ({
      field: path === '' ? 'file' : `file.${path}`,
      detail: isText ? `Line ${line}:${column}: ${message}` : message,
    }));
    const [{ field, detail } = { field: 'file', detail: 'Invalid.' }] = fields;
    super(`${field}: ${detail} Nothing was applied.`, { field });
    this.problems = fields.slice(0, problemsMax);
  }
}

const changed = z
  .object({
    action: z.enum(changeActions),
    kind: z.enum(changeKinds),
    name: z.string(),
    fields: z.array(z.object({ field: z.string(), from: z.string().optional(), to: z.string().optional() })).readonly(),
  })
  .meta({ id: 'Change' });

const variableNames = z.string().regex(/^[A-Za-z_]\w*$/, 'Use letters, digits and underscores.');

/** The registered one (RFC 9512), and those that it takes the place of. */
const yamlTypes = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];
const flag = z.enum(['true', 'false']).default('false');

export function applyEndpoints(doors: ApplyDoors): readonly Endpoint[] {
  return [apply(doors), exported(doors)];
}

function apply(doors: ApplyDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/apply',
    title: 'Make the configuration what an apply file says, all or nothing',
    permission: 'configuration.apply',
    query: z.strictObject({
      dryRun: flag.meta({ title: 'As in the body; for a body that is the file itself' }),
      prune: flag.meta({ title: 'Likewise' }),
    }),
    textBody: { types: yamlTypes, read: (text) => ({ file: text }) },
    body: z.strictObject({
      file: z
        .union([z.string(), z.record(z.string(), z.unknown())], { error: 'Expected the file as an object, or its text as YAML or JSON.' })
        .meta({ title: 'The file as docs/apply.schema.json describes it, or its text as YAML or JSON' }),
      variables: z
        .record(variableNames, z.string())
        .default({})
        .meta({ title: 'What `${NAME}` in the file stands for; no variable of the gateway itself is looked at', secret: true }),
      dryRun: z.boolean().default(false).meta({ title: 'Say what would change, and write nothing' }),
      prune: z
        .boolean()
        .default(false)
        .meta({ title: 'Disable users, tokens, channels and models that the file does not name, where it has a section for them' }),
    }),
    response: z.object({
      dryRun: z.boolean(),
      changes: z.array(changed).readonly(),
      notes: z.array(z.string()).readonly().meta({ title: 'What changes nothing and should be known' }),
      newKeys: z
        .array(z.object({ name: z.string(), key: z.string() }))
        .readonly()
        .meta({ title: 'Keys that were made for new tokens, told only this once' }),
    }),
    handle: ({ author, query, body: { file, variables, ...stated } }) => {
      const dryRun = stated.dryRun || query.dryRun === 'true';
      const prune = stated.prune || query.prune === 'true';
      const isText = typeof file === 'string';
      return withPlaces(isText, () => {
        const text = isText ? file : JSON.stringify(file);
        if (Buffer.byteLength(text) > fileBytesMax)
          throw new ApplyFileError('The file', [{ path: '', line: 1, column: 1, message: tooLarge }]);
        return doors.apply(parseApplyFile(text, 'The file', variables, requestWords), { dryRun, prune, author });
      });
    },
  });
}

/** @throws InvalidApplyFileError in the place of an ApplyFileError */
async function withPlaces<Result>(isText: boolean, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ApplyFileError ? new InvalidApplyFileError(error, isText) : error;
  }
}

const sections = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(applySections)))
  .optional();

function exported(doors: ApplyDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/apply',
    title: 'The configuration as an apply file without its secrets; with a filter for channels, those channels alone',
    permission: 'configuration.apply',
    query: z.strictObject({
      ...channelFilterShape,
      sections: sections.meta({ title: `Which of ${applySections.join(', ')}, joined by commas; left out: all` }),
      format: z.enum(['json', 'yaml']).default('json').meta({ title: '`yaml`: `file` is a text' }),
    }),
    response: z.object({
      file: z.union([z.string(), z.record(z.string(), z.unknown())]),
      variables: z
        .array(z.object({ name: z.string(), field: z.string() }))
        .readonly()
        .meta({ title: 'Secrets that the file has `${NAME}` for, and where' }),
    }),
    handle: async ({ query: { sections: asked, format, ...filter } }) => {
      const isFiltered = Object.values(filter).some((value) => value !== undefined);
      const channels = isFiltered ? filterOf(filter, doors.circuits()) : undefined;
      const found = await doors.export({ channels, sections: asked ?? (isFiltered ? ['channels'] : undefined) });
      return { file: format === 'yaml' ? exportText(found) : { ...found.file }, variables: found.variables };
    },
  });
}
