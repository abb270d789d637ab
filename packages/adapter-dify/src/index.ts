import { definePlugin } from '@tollgate/plugin-kit';
import { difyChat } from './dialect.js';
import { dify } from './provider.js';

export { dify, difyChat };

/** Apps of Dify, as a provider. */
export default definePlugin({
  name: '@tollgate/adapter-dify',
  kit: '1.0',
  setup: () => ({ providers: [dify] }),
});
