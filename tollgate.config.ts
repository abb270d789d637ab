import bedrock from '@tollgate/adapter-bedrock';
import claude from '@tollgate/adapter-claude';
import dify from '@tollgate/adapter-dify';
import gemini from '@tollgate/adapter-gemini';
import openai from '@tollgate/adapter-openai';
import vertex from '@tollgate/adapter-vertex';
import { defineConfig } from '@tollgate/core';
import demo from '@tollgate/example-custom-provider';
import presets from '@tollgate/provider-presets';

/** What `npm start` serves: three dialects with their providers, all places that speak one of them or need an adapter of their own, and a provider that answers without any key. */
export default defineConfig({ plugins: [openai(), claude(), gemini(), bedrock(), vertex(), dify(), presets(), demo()] });
