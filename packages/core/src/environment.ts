import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { loadMasterSecret, masterSecretLengthMin } from './configuration/master-secret.js';
import { ConfigurationError } from './foundation/errors.js';
import { logLevels } from './foundation/logger.js';
import type { LogLevel } from './foundation/logger.js';
import { sqliteFile } from './foundation/data-folder.js';

/** What the process was told by its surroundings. Everything else is configuration file, setting or argument. */
export interface Environment {
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataFolder: string;
  /** PostgreSQL; undefined = SQLite in the data folder. */
  readonly databaseUrl?: string;
  /** Where the nodes of one PostgreSQL database share counters and hints; undefined = in that database. */
  readonly redisUrl?: string;
  /** What every other key is derived from. */
  readonly masterSecret: string;
  readonly logLevel: LogLevel;
  /** Addresses and CIDR blocks of proxies whose `x-forwarded-for` is believed. */
  readonly trustedProxies: readonly string[];
  readonly bodyBytesMax: number;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The variables as they are, for apply files that quote them. */
export function processVariables(): Variables {
  return process.env;
}

const wholeNumber = (min: number, max: number): z.ZodType<number, string> =>
  z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max, `use a whole number from ${min} to ${max}`)
    .transform(Number);

const postgresUrl = z.string().refine((text) => /^postgres(ql)?:\/\/./.test(text) && URL.canParse(text), {
  message: 'use a PostgreSQL address such as postgres://user:password@host:5432/tollgate, or leave it out for SQLite',
});

const redisAddress = z
  .string()
  .refine((text) => /^rediss?:\/\/./.test(text) && URL.canParse(text), {
    abort: true,
    message: 'use a Redis address such as redis://user:password@host:6379/0, or rediss:// with TLS, or leave it out',
  })
  .refine((text) => isDecodable(new URL(text)), { message: 'use %25 where user or password have a % sign' });

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}

const addressList = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every((part) => ipaddr.isValid(part) || ipaddr.isValidCIDR(part)), {
    message: 'use addresses or CIDR blocks separated by commas, such as 127.0.0.1,10.0.0.0/8',
  });

/** Every variable that the gateway reads, with its default. The README lists them. */
export const environmentVariables = {
  PORT: wholeNumber(0, 65_535).default(3_000).meta({ title: 'Port to listen on; 0 takes a free one' }),
  HOST: z.string().default('127.0.0.1').meta({ title: 'Address to listen on; 0.0.0.0 opens the gateway to the network' }),
  DATA_DIR: z.string().default('./data').meta({ title: 'Folder of the SQLite file and the generated secret' }),
  DATABASE_URL: postgresUrl.optional().meta({ title: 'PostgreSQL database; SQLite in DATA_DIR unless set' }),
  REDIS_URL: redisAddress.optional().meta({ title: 'Redis for the limits and hints of several nodes; PostgreSQL serves them unless set' }),
  TOLLGATE_SECRET: z
    .string()
    .min(masterSecretLengthMin, `use at least ${masterSecretLengthMin} characters, for example from: openssl rand -base64 32`)
    .optional()
    .meta({ title: 'What stored credentials are encrypted with; generated into DATA_DIR unless set' }),
  LOG_LEVEL: z
    .enum(logLevels, `use one of ${logLevels.join(', ')}`)
    .default('info')
    .meta({ title: 'Least important log lines to write' }),
  TRUST_PROXY: addressList.default([]).meta({ title: 'Proxies whose x-forwarded-for is believed' }),
  BODY_LIMIT_MB: wholeNumber(1, 1_024).default(64).meta({ title: 'Largest request body' }),
};

const schema = z
  .object(environmentVariables)
  .refine((variables) => variables.DATABASE_URL === undefined || variables.TOLLGATE_SECRET !== undefined, {
    path: ['TOLLGATE_SECRET'],
    message: 'is required together with DATABASE_URL: all nodes of one database share it. Make one with: openssl rand -base64 32',
  })
  .refine((variables) => variables.REDIS_URL === undefined || variables.DATABASE_URL !== undefined, {
    path: ['REDIS_URL'],
    message: 'is for several nodes, which need DATABASE_URL first; a node on SQLite is alone and counts by itself',
  });

/**
 * Reads and checks the environment; on first use it generates the master secret into the data folder, unless the caller only looks at what is
 * there.
 * @throws ConfigurationError listing every variable at fault and what to do.
 */
export function readEnvironment(variables: Variables = processVariables(), { looksOnly = false } = {}): Environment {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new ConfigurationError(problemText(parsed.error));
  const { PORT, HOST, DATA_DIR, DATABASE_URL, REDIS_URL, TOLLGATE_SECRET, LOG_LEVEL, TRUST_PROXY, BODY_LIMIT_MB } = parsed.data;
  const dataFolder = resolve(DATA_DIR);
  return {
    port: PORT,
    host: HOST,
    dataFolder,
    ...(DATABASE_URL === undefined ? {} : { databaseUrl: DATABASE_URL }),
    ...(REDIS_URL === undefined ? {} : { redisUrl: REDIS_URL }),
    masterSecret: TOLLGATE_SECRET ?? loadMasterSecret(dataFolder, whyNoNewSecret(dataFolder, looksOnly)),
    logLevel: LOG_LEVEL,
    trustedProxies: TRUST_PROXY,
    bodyBytesMax: BODY_LIMIT_MB * 1024 * 1024,
  };
}

/** A second secret beside data of the first would hide that the first is missing. */
function whyNoNewSecret(dataFolder: string, looksOnly: boolean): string | undefined {
  if (existsSync(sqliteFile(dataFolder)))
    return `${dataFolder} holds a database but not its secret. Set TOLLGATE_SECRET to what it was, or restore the file "secret" there from a backup.`;
  return looksOnly ? noGatewayIn(dataFolder) : undefined;
}

/** For commands that look at a gateway where there is none. */
export function noGatewayIn(dataFolder: string): string {
  return `There is no gateway in ${dataFolder}. Set DATA_DIR to the folder of yours, or run \`tollgate start\` to make one.`;
}

function problemText(error: z.ZodError): string {
  const lines = error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}.`);
  return ['The environment is wrong.', ...lines].join('\n');
}
