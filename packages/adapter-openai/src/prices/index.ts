import type { PriceList } from '@tollgate/plugin-kit';
import { cerebrasPrices } from './cerebras-prices.js';
import { coherePrices } from './cohere-prices.js';
import { deepseekPrices } from './deepseek-prices.js';
import { fireworksPrices } from './fireworks-prices.js';
import { groqPrices } from './groq-prices.js';
import { minimaxPrices } from './minimax-prices.js';
import { mistralPrices } from './mistral-prices.js';
import { moonshotPrices } from './moonshot-prices.js';
import { perplexityPrices } from './perplexity-prices.js';
import { qwenPrices } from './qwen-prices.js';
import { siliconflowPrices } from './siliconflow-prices.js';
import { voyagePrices } from './voyage-prices.js';
import { xaiPrices } from './xai-prices.js';
import { zaiPrices } from './zai-prices.js';

export { openaiPrices } from './openai-prices.js';

/** The vendors that are reached as OpenAI is, each with its own prices at its own hosts. */
export const compatiblePrices: readonly PriceList[] = [
  cerebrasPrices,
  coherePrices,
  deepseekPrices,
  fireworksPrices,
  groqPrices,
  minimaxPrices,
  mistralPrices,
  moonshotPrices,
  perplexityPrices,
  qwenPrices,
  siliconflowPrices,
  voyagePrices,
  xaiPrices,
  zaiPrices,
];
