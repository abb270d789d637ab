import adapterGemini from '@tollgate/adapter-gemini';
import adapterOpenai, { openai } from '@tollgate/adapter-openai';
import { defineConfig } from '@tollgate/core';
import { definePlugin, defineProvider, UpstreamError, verdictForStatus, z } from '@tollgate/plugin-kit';

/** A place whose requests need a token that another one hands out, kept until it is refused. */
function signing() {
  const tokens = new Map<string, string>();
  const provider = defineProvider({
    ...openai,
    id: 'signing',
    title: 'A place with tokens',
    config: openai.config.extend({ tokenUrl: z.url() }),
    sign: async (_request, { config: { tokenUrl } }, io) => {
      const known = tokens.get(tokenUrl);
      if (known !== undefined) return { authorization: known };
      const answer = await io.fetch({ method: 'POST', url: tokenUrl, headers: {} });
      if (answer.status !== 200) throw new UpstreamError(verdictForStatus(answer.status, 'No token is handed out.'));
      const token = await answer.text();
      tokens.set(tokenUrl, token);
      return { authorization: token };
    },
    refused: (_sent, { config: { tokenUrl } }) => void tokens.delete(tokenUrl),
  });
  const deaf = defineProvider({
    ...openai,
    id: 'deaf',
    title: 'A place whose adapter waits for ever, whatever it is told',
    sign: () => new Promise(() => undefined),
  });
  return definePlugin({ name: 'signing', kit: '1.0', setup: () => ({ providers: [provider, deaf] }) })();
}

export default defineConfig({ plugins: [adapterOpenai(), adapterGemini(), signing()] });
