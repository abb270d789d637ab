import { definePlugin } from '@tollgate/plugin-kit';
import { sampleVendor, sampleVendorChat } from './provider.js';

export default definePlugin({
  name: 'tollgate-plugin-sample-vendor',
  kit: '1.0',
  setup: () => ({ dialects: [sampleVendorChat], providers: [sampleVendor] }),
});
