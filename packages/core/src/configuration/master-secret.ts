import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataFolder } from '../foundation/data-folder.js';
import { ConfigurationError } from '../foundation/errors.js';

export const masterSecretLengthMin = 32;

/**
 * The secret kept in a data folder, generated on first use: file `secret`, readable by its owner only.
 * @param whyNoNewOne what is wrong if there is none yet; left out where one may be generated.
 * @throws ConfigurationError if the folder cannot be used, or holds no secret.
 */
export function loadMasterSecret(dataFolder: string, whyNoNewOne?: string): string {
  const file = join(dataFolder, 'secret');
  const found = readIfThere(file);
  if (found === undefined && whyNoNewOne !== undefined) throw new ConfigurationError(whyNoNewOne);
  const stored = found ?? generate(dataFolder, file);
  if (stored.length < masterSecretLengthMin)
    throw new ConfigurationError(`${file} holds no secret. Restore it from a backup: stored credentials cannot be read without it.`);
  return stored;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw unusable(file, error);
  }
}

function generate(dataFolder: string, file: string): string {
  const secret = randomBytes(32).toString('base64url');
  const draft = `${file}.${process.pid}`;
  try {
    makeDataFolder(dataFolder);
    writeFileSync(draft, `${secret}\n`, { mode: 0o600, flush: true });
    // A link appears complete or not at all, and never replaces the secret of a process that started at the same time.
    linkSync(draft, file);
    return secret;
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    if (hasCode(error, 'EEXIST')) return readIfThere(file) ?? '';
    throw unusable(dataFolder, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

function unusable(path: string, error: unknown): ConfigurationError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ConfigurationError(`${path} cannot be used: ${reason}. Choose another folder with DATA_DIR.`);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
