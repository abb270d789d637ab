import { definePlugin } from '@tollgate/plugin-kit';
import { rerank } from './dialect.js';

export { rerank };

/** Putting documents in order, as a dialect; who speaks it is said by providers. */
export default definePlugin({
  name: '@tollgate/adapter-rerank',
  kit: '1.0',
  setup: () => ({ dialects: [rerank] }),
});
