import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretBox } from '../../foundation/secret-box.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { checkMasterSecret } from './master-secret-check.js';

describe.each(testDatabases())('master secret on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;

  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened.close());

  it('is remembered at its first use, also by several nodes at once', async () => {
    const use = () => checkMasterSecret(opened.database, new SecretBox('the first secret of all'));
    await Promise.all([use(), use(), use()]);
    await expect(use()).resolves.toBeUndefined();
  });

  it('is refused if it is another one', async () => {
    await checkMasterSecret(opened.database, new SecretBox('the first secret of all'));
    await expect(checkMasterSecret(opened.database, new SecretBox('some other secret'))).rejects.toThrow(
      /not the one .* Set TOLLGATE_SECRET/,
    );
  });
});
