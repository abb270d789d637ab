import adapterBedrock from '@tollgate/adapter-bedrock';
import adapterClaude from '@tollgate/adapter-claude';
import adapterDify from '@tollgate/adapter-dify';
import adapterGemini from '@tollgate/adapter-gemini';
import adapterOpenai from '@tollgate/adapter-openai';
import adapterVertex from '@tollgate/adapter-vertex';
import { defineConfig } from '@tollgate/core';
import providerPresets from '@tollgate/provider-presets';

export default defineConfig({
  plugins: [adapterOpenai(), adapterClaude(), adapterGemini(), adapterBedrock(), adapterVertex(), adapterDify(), providerPresets()],
});
