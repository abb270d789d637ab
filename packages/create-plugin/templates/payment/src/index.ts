import { definePlugin } from '@tollgate/plugin-kit';
import { sampleVendor } from './payment.js';

export default definePlugin({
  name: 'tollgate-plugin-sample-vendor',
  kit: '1.0',
  setup: () => ({ payments: [sampleVendor] }),
});
