import openai from '@tollgate/adapter-openai';
import { defineConfig } from '@tollgate/core';

export default defineConfig({ plugins: [openai()] });
