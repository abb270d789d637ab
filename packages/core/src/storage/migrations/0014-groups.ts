import type { Migration } from '../migrate.js';

/**
 * Groups say who may choose them, and a token may leave the choice to the gateway. Whoever has a token in another group before may go on. A
 * node from before takes the own group of the user for such a token.
 */
export const groupsMigration: Migration = {
  name: '0014-groups',
  async up(transaction) {
    await transaction.raw('alter table groups add column description text');
    await transaction.raw(`alter table groups add column usable_by text not null default '[]'`);
    await transaction.raw('alter table tokens add column auto_group integer not null default 0');
    const chosen: readonly { readonly name: string; readonly user_group: string }[] = await transaction('tokens')
      .join('users', 'users.id', 'tokens.user_id')
      .whereNotNull('tokens.group_name')
      .whereRaw('tokens.group_name <> users.group_name')
      .distinct('tokens.group_name as name', 'users.group_name as user_group')
      .orderBy(['name', 'user_group']);
    for (const name of new Set(chosen.map((choice) => choice.name))) {
      const users = chosen.filter((choice) => choice.name === name).map(({ user_group }) => user_group);
      await transaction('groups')
        .where({ name })
        .update({ usable_by: JSON.stringify(users) });
    }
  },
};
