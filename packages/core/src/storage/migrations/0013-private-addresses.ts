import type { Migration } from '../migrate.js';

/**
 * Channels that there are keep reaching what they could reach: until now every address was called. Who makes a channel from now on says so. Older
 * nodes cannot read an option that they do not know.
 */
export const privateAddressesMigration: Migration = {
  name: '0013-private-addresses',
  async up(transaction) {
    const channels = await transaction<{ id: string; options: string }>('channels').select('id', 'options');
    for (const { id, options } of channels) {
      const changed = JSON.stringify({ ...(JSON.parse(options) as object), allowPrivate: true });
      await transaction('channels').where('id', id).update({ options: changed });
    }
  },
};
