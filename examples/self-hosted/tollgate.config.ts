import claude from '@tollgate/adapter-claude';
import gemini from '@tollgate/adapter-gemini';
import openai from '@tollgate/adapter-openai';
import { defineConfig } from '@tollgate/core';
import presets from '@tollgate/provider-presets';

export default defineConfig({ plugins: [openai(), claude(), gemini(), presets()] });
