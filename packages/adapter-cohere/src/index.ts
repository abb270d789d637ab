import { definePlugin } from '@tollgate/plugin-kit';
import { cohereChat } from './chat/dialect.js';
import { cohereEmbed } from './embed/dialect.js';

export { cohereChat, cohereEmbed };

/** Cohere's own languages, as dialects; who speaks them is said by providers. */
export default definePlugin({
  name: '@tollgate/adapter-cohere',
  kit: '1.0',
  setup: () => ({ dialects: [cohereChat, cohereEmbed] }),
});
