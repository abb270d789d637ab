import { jsonSchemaOf, secretFields } from '../../config-schema.js';
import type { ProviderAdapter } from '../../provider.js';
import { type Check, checksOf } from '../check.js';
import { insist, insistSame } from '../insist.js';
import { formFields, sampleInput } from './config-samples.js';

/** Words in the names of fields that are credentials; `maxTokens` and the like are not meant. */
const credentialName =
  /(secret|password|passphrase|credential|(api|access|private|secret|signing)_?key|(access|auth|bearer|refresh|session)_?token)/i;

/** What a configuration promises, whatever it configures: form, storage and secrecy follow from it. */
export function configChecks(
  subject: string,
  provider: Pick<ProviderAdapter, 'config'>,
  given?: Readonly<Record<string, unknown>>,
): readonly Check[] {
  return checksOf(subject, 'bronze', {
    'has a configuration that a form can be drawn from': () => {
      const schema = jsonSchemaOf(provider.config);
      insistSame(schema, JSON.parse(JSON.stringify(schema)), 'The JSON Schema of the configuration is no JSON.');
      for (const [name, field] of formFields(provider.config)) {
        insist(typeof field['title'] === 'string' && field['title'] !== '', `The field "${name}" has no title: add .meta({ title: … }).`);
      }
      insist(!('dialects' in provider.config.shape), 'The field "dialects" belongs to the gateway.');
    },
    'marks every credential as a secret': () => {
      const secrets = new Set(secretFields(provider.config));
      for (const [name] of formFields(provider.config)) {
        insist(!credentialName.test(name) || secrets.has(name), `The field "${name}" looks like a credential: declare it with secret().`);
      }
      const nested = nestedSecrets(jsonSchemaOf(provider.config));
      insist(
        nested.length === 0,
        `Secrets stand at the top level of the configuration, not in "${nested[0]}": only there they are encrypted.`,
      );
    },
    'takes its own defaults': () => {
      // A default is taken unseen, so that a wrong one would first be noticed when an operator saves it again.
      const defaults = formFields(provider.config).flatMap(([name, field]) =>
        'default' in field ? [[name, field['default']] as const] : [],
      );
      const parsed = provider.config.safeParse({ ...sampleInput(provider.config), ...given, ...Object.fromEntries(defaults) });
      const issue = parsed.error?.issues[0];
      insist(
        parsed.success,
        `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''} (defaults: ${JSON.stringify(Object.fromEntries(defaults))})`,
      );
    },
  });
}

/** Paths of fields below the top level that are marked as secrets. */
function nestedSecrets(schema: unknown, depth = 0, path = ''): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const found = depth > 1 && (schema as Record<string, unknown>)['secret'] === true ? [path] : [];
  const { properties, ...others } = schema as { readonly properties?: object };
  const fields = Object.entries(properties ?? {}).flatMap(([name, field]) =>
    nestedSecrets(field, depth + 1, path === '' ? name : `${path}.${name}`),
  );
  // Lists and alternatives inside of a field are below it.
  const inside = Object.entries(others).flatMap(([, member]) =>
    typeof member === 'object' ? nestedSecrets(member, Math.max(depth, 1) + (depth > 0 ? 1 : 0), path) : [],
  );
  return [...found, ...fields, ...inside];
}
