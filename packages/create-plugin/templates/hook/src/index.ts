import { definePlugin, z } from '@tollgate/plugin-kit';
import { forbiddenWordsGate } from './forbidden-words.js';

const options = z.object({ forbiddenWords: z.array(z.string().min(1)).default(['top secret']) });

export default definePlugin({
  name: 'tollgate-plugin-sample-vendor',
  kit: '1.0',
  options,
  setup: ({ forbiddenWords }, host) => ({
    hooks: {
      // A gate: runs before anything is held or sent, and may refuse.
      onRequest: forbiddenWordsGate(forbiddenWords),
      // An observer: the settlement is durable, and nothing here can change it.
      onSettled(call, { outcome, totalMs }) {
        host.log.info('settled', { requestId: call.requestId, outcome, totalMs });
      },
    },
  }),
});
