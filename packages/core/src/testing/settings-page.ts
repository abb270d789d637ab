import { type SettingsDefinition, settingsSchemas } from '../modules/settings/index.js';

/** One field as the JSON Schema of its section has it. */
interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly title?: string;
  readonly unit?: string;
  readonly example?: unknown;
}

const head = `# Settings

What operators may change while the gateway runs. Write them under \`settings\` in the file of \`tollgate apply\`; every node follows within a second:

\`\`\`yaml
settings:
  relay: { attemptsMax: 3 }
\`\`\`

This page is written from the declarations by \`npm run docs\`; a test fails when it is not current.
`;

/** The page \`docs/settings.md\`. */
export function settingsPage(definitions: readonly SettingsDefinition[]): string {
  const sections = Object.entries(settingsSchemas(definitions)).map(([section, schema]) => {
    const fields = Object.entries(schema['properties'] as Readonly<Record<string, FieldSchema>>);
    const rows = fields.map(([name, field]) => `| \`${name}\` | ${valuesOf(field)} | ${defaultOf(field)} | ${field.title ?? ''} |`);
    return [`\n## ${section}\n`, '| setting | value | default | |', '|---|---|---|---|', ...rows, ''].join('\n');
  });
  return `${head}${sections.join('')}`;
}

function valuesOf({ enum: choices, type = '', minimum, exclusiveMinimum, maximum, unit, example }: FieldSchema): string {
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(', ');
  if (type === 'string') return 'text';
  if (typeof type !== 'string') return 'decimal, as number or text';
  if (type === 'object' || type === 'array') return `${type === 'array' ? 'list' : type}${exampleOf(example)}`;
  if (type !== 'integer') return type;
  const from = minimum ?? (exclusiveMinimum ?? 0) + 1;
  // Without a limit of its own a whole number has the largest that JavaScript counts exactly.
  const to = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : ` to ${grouped(maximum)}`;
  return `whole number${unit === undefined ? '' : ` of ${unit}`}, ${to === '' ? 'at least ' : ''}${grouped(from)}${to}`;
}

function exampleOf(example: unknown): string {
  return example === undefined ? '' : `, such as \`${JSON.stringify(example)}\``;
}

function defaultOf({ default: value }: FieldSchema): string {
  if (typeof value === 'number') return grouped(value);
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
