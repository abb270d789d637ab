import { openaiChat, openaiCompatible } from '@tollgate/adapter-openai';
import { definePlugin, defineProvider, secret, z } from '@tollgate/plugin-kit';

/** A vendor that speaks chat completions as they are: all there is to say is where it is and who it is. */
const nebula = defineProvider({
  ...openaiCompatible,
  id: 'nebula',
  title: 'Nebula',
  vendor: 'nebula',
  config: z.object({
    baseUrl: z.url().default('https://api.nebula.example/v1').meta({ title: 'Base URL' }),
    apiKey: secret('API key'),
  }),
  speaks: [{ dialect: openaiChat, url: (call) => `${call.config.baseUrl}/chat/completions` }],
});

export default definePlugin({ name: '@tollgate/example-openai-compatible', kit: '1.0', setup: () => ({ providers: [nebula] }) });
