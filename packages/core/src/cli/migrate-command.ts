import { defineCommand } from 'citty';
import { readEnvironment } from '../environment.js';
import { openDatabase } from '../storage/database.js';
import { migrate } from '../storage/migrate.js';
import { configOption } from './arguments.js';
import { checkArguments } from './check-arguments.js';
import { processTerminal } from './terminal.js';

export const migrateCommand = defineCommand({
  meta: { name: 'migrate', description: 'Bring the database to the schema of this release; `start` does it too' },
  args: configOption,
  async run({ rawArgs }) {
    checkArguments(rawArgs, configOption);
    const database = await openDatabase(readEnvironment());
    try {
      const names = await migrate(database);
      processTerminal.print(names.length === 0 ? 'The database is up to date.' : `Migrated: ${names.join(', ')}.`);
    } finally {
      await database.close();
    }
  },
});
