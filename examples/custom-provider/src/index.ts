import { definePlugin } from '@tollgate/plugin-kit';
import { demoChat, demoProvider } from './demo-provider.js';
import { startDemoVendor } from './demo-vendor.js';

/**
 * The plugin: what a configuration lists as `demo()`. The name is that of the package, and `kit` the version of the contract that this code
 * was written against.
 */
export default definePlugin({
  name: '@tollgate/example-custom-provider',
  kit: '1.0',
  /**
   * Runs once, when the gateway starts. Most plugins only return their parts here; this one also has to start its vendor, because a demo that
   * needs no account needs somebody to answer. Whatever is started is stopped through `onClose`.
   */
  async setup(_options, host) {
    const vendor = await startDemoVendor();
    host.onClose(() => vendor.close());
    return { dialects: [demoChat], providers: [demoProvider(vendor.url)] };
  },
});
