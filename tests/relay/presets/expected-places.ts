import { cohereRefusal } from './cohere-place.js';

type Body = Readonly<Record<string, unknown>>;

/** What a vendor's documents say of its place, apart from what our declarations say. */
export interface ExpectedPlace {
  /** Paths by dialect, the one for all other clients first. */
  readonly paths: Readonly<Record<string, string>>;
  /** What a channel is configured with beside address and key. */
  readonly config?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The header of the key, where it is no bearer token. */
  readonly keyHeader?: string;
  /** A model's name there; what place serves what by may depend on it. */
  readonly model?: string;
  /** Why the place would refuse such a body of its first dialect, whoever wrote it. */
  refusal?(body: Body): string | undefined;
  /** The same for what is translated: it should be in the place's own words. */
  refusalOfTranslated?(body: Body): string | undefined;
  /** How the place states usage in a stream of chat, where it does not as the dialect's vendor. */
  readonly usage?: 'in-x-groq' | 'in-choice' | 'on-every-chunk' | 'beside-last-delta';
}

const chatAt = (stem: string): Readonly<Record<string, string>> => ({ 'openai-chat': `${stem}/chat/completions` });
const claudeAt = (root: string): Readonly<Record<string, string>> => ({ 'claude-messages': `${root}/v1/messages` });
const responsesAt = (stem: string): Readonly<Record<string, string>> => ({ 'openai-responses': `${stem}/responses` });
const gemini = { gemini: '/v1beta/models' };
const v1: ExpectedPlace = { paths: chatAt('/v1') };
const everything: ExpectedPlace = { paths: { ...chatAt('/v1'), ...responsesAt('/v1'), ...claudeAt(''), ...gemini } };

const objects = (value: unknown): readonly Body[] => (Array.isArray(value) ? (value as Body[]) : []);
const has = (body: Body, ...fields: readonly string[]): string | undefined => fields.find((field) => body[field] !== undefined);
const saysThinking = (body: Body, ...names: readonly string[]): string | undefined =>
  objects(body['messages']).flatMap((message) => has(message, ...names) ?? [])[0];

/** What Mistral's schema has; it takes nothing besides. */
const mistralFields = new Set(
  'model messages temperature top_p max_tokens stream stop random_seed metadata response_format tools tool_choice presence_penalty frequency_penalty n prediction parallel_tool_calls prompt_mode safe_prompt reasoning_effort'.split(
    ' ',
  ),
);

function mistralRefusal(body: Body): string | undefined {
  const extra = Object.keys(body).find((field) => !mistralFields.has(field));
  if (extra !== undefined) return `${extra}: Extra inputs are not permitted`;
  const thinking = saysThinking(body, 'reasoning_content', 'reasoning', 'reasoning_details');
  if (thinking !== undefined) return `${thinking}: Extra inputs are not permitted`;
  const ids = objects(body['messages']).flatMap(({ tool_calls: calls, tool_call_id: id }) => [
    ...objects(calls).map((call) => call['id']),
    id ?? [],
  ]);
  const wrong = ids.flat().find((id) => !/^[a-zA-Z0-9]{9}$/.test(String(id)));
  return wrong === undefined ? undefined : `Tool call id was ${JSON.stringify(wrong)} but must be a-z, A-Z, 0-9, with a length of 9.`;
}

const refusesOtherThinking = (body: Body): string | undefined => saysThinking(body, 'reasoning_content', 'reasoning_details');
const wantsOpenTopP = ({ top_p: topP }: Body): string | undefined => (topP === 1 ? 'top_p must be below 1' : undefined);
const wantsSwitch = ({ thinking }: Body): string | undefined =>
  (thinking as Body | undefined)?.['type'] === 'enabled' ? undefined : 'no switch';
const wantsBudget = ({ enable_thinking: on }: Body): string | undefined => (on === true ? undefined : 'no enable_thinking');
const wantsReasoning = ({ reasoning }: Body): string | undefined => (typeof reasoning === 'object' ? undefined : 'no reasoning object');

export const expectedPlaces: Readonly<Record<string, ExpectedPlace>> = {
  mistral: { ...v1, refusal: mistralRefusal, usage: 'beside-last-delta' },
  xai: {
    paths: { ...chatAt('/v1'), ...responsesAt('/v1') },
    model: 'grok-4',
    refusalOfTranslated: (body) => has(body, 'stop', 'presence_penalty', 'frequency_penalty'),
  },
  perplexity: { paths: chatAt(''), model: 'sonar', usage: 'on-every-chunk', refusalOfTranslated: wantsOpenTopP },
  cohere: { paths: { 'cohere-v2-chat': '/v2/chat', ...chatAt('/compatibility/v1') }, refusal: cohereRefusal },
  'github-models': { paths: chatAt('/inference'), headers: { 'x-github-api-version': '2022-11-28' } },
  ai21: { paths: chatAt('/studio/v1') },
  upstage: v1,
  inception: v1,
  deepseek: { paths: { ...chatAt('/v1'), ...claudeAt('/anthropic') }, refusalOfTranslated: wantsSwitch },
  moonshot: { paths: { ...chatAt('/v1'), ...claudeAt('/anthropic') }, usage: 'in-choice', refusalOfTranslated: wantsSwitch },
  zhipu: { paths: { ...chatAt('/api/paas/v4'), ...claudeAt('/api/anthropic') }, refusalOfTranslated: wantsSwitch },
  minimax: { paths: { ...claudeAt('/anthropic'), ...chatAt('/v1') } },
  dashscope: {
    paths: {
      ...chatAt('/compatible-mode/v1'),
      ...responsesAt('/compatible-mode/v1'),
      ...claudeAt('/apps/anthropic'),
    },
    model: 'qwen3-max',
    refusalOfTranslated: (body) => wantsBudget(body) ?? wantsOpenTopP(body),
  },
  volcengine: { paths: { ...chatAt('/api/v3'), ...responsesAt('/api/v3') }, refusalOfTranslated: wantsSwitch },
  qianfan: { paths: chatAt('/v2'), config: { appId: 'app-1' }, headers: { appid: 'app-1' } },
  'tencent-hunyuan': v1,
  'tencent-lkeap': { paths: { ...chatAt('/v1'), ...claudeAt('/api/anthropic') }, model: 'glm-5' },
  stepfun: v1,
  baichuan: v1,
  lingyi: v1,
  internlm: { paths: chatAt('/api/v1') },
  ai360: v1,
  spark: v1,
  sensenova: { paths: chatAt('/compatible-mode/v2') },
  'xiaomi-mimo': { paths: { ...chatAt('/v1'), ...claudeAt('/anthropic') }, keyHeader: 'api-key', refusalOfTranslated: wantsSwitch },
  longcat: { paths: { ...chatAt('/openai/v1'), ...claudeAt('/anthropic') } },
  bailing: { paths: { ...chatAt('/api/llm/v1'), ...claudeAt('/api/anthropic') } },
  groq: { paths: chatAt('/openai/v1'), usage: 'in-x-groq', refusal: refusesOtherThinking },
  cerebras: { ...v1, refusal: (body) => refusesOtherThinking(body) ?? has(body, 'presence_penalty', 'frequency_penalty', 'logit_bias') },
  together: v1,
  fireworks: { paths: { ...chatAt('/inference/v1'), ...claudeAt('/inference') } },
  nvidia: v1,
  huggingface: v1,
  deepinfra: { paths: chatAt('/v1/openai') },
  sambanova: v1,
  novita: { paths: chatAt('/openai/v1') },
  hyperbolic: v1,
  siliconflow: { paths: { ...chatAt('/v1'), ...claudeAt('') }, model: 'Qwen/Qwen3-32B', refusalOfTranslated: wantsBudget },
  modelscope: { ...v1, model: 'Qwen/Qwen3-32B', refusalOfTranslated: wantsBudget },
  cloudflare: { paths: chatAt('/client/v4/accounts/0123abcd/ai/v1'), config: { accountId: '0123abcd' }, model: '@cf/meta/llama' },
  nebius: v1,
  scaleway: v1,
  ovhcloud: v1,
  baseten: v1,
  chutes: v1,
  venice: { paths: chatAt('/api/v1') },
  'gitee-ai': v1,
  ppio: { paths: chatAt('/v3/openai') },
  infini: { paths: chatAt('/maas/v1') },
  qiniu: v1,
  ksyun: { paths: { ...chatAt('/v1'), ...claudeAt('') } },
  submodel: v1,
  openrouter: {
    paths: { ...chatAt('/api/v1'), ...claudeAt('/api') },
    config: { siteUrl: 'https://acme.example', siteTitle: 'Acme' },
    headers: { 'http-referer': 'https://acme.example', 'x-title': 'Acme' },
    refusalOfTranslated: wantsReasoning,
  },
  'vercel-ai-gateway': { paths: { ...chatAt('/v1'), ...responsesAt('/v1'), ...claudeAt('') } },
  aihubmix: {
    paths: { ...chatAt('/v1'), ...responsesAt('/v1'), ...claudeAt(''), gemini: '/gemini/v1beta/models' },
    model: 'gemini-2.5-flash',
  },
  requesty: { paths: { ...chatAt('/v1'), ...claudeAt('') } },
  poe: v1,
  'opencode-zen': { paths: claudeAt('/zen'), model: 'claude-sonnet-4-5' },
  dmxapi: { paths: { ...chatAt('/v1'), ...responsesAt('/v1'), ...claudeAt('') } },
  '302ai': { paths: { ...chatAt('/v1'), ...claudeAt('') } },
  'kimi-coding': { paths: { ...chatAt('/coding/v1'), ...claudeAt('/coding') } },
  'zhipu-coding': { paths: { ...chatAt('/api/coding/paas/v4'), ...claudeAt('/api/anthropic') }, refusalOfTranslated: wantsSwitch },
  'volcengine-coding': { paths: { ...chatAt('/api/coding/v3'), ...claudeAt('/api/coding') }, refusalOfTranslated: wantsSwitch },
  'dashscope-coding': { paths: { ...chatAt('/v1'), ...claudeAt('/apps/anthropic') } },
  ollama: v1,
  'lm-studio': v1,
  vllm: v1,
  'llama-cpp': v1,
  sglang: v1,
  xinference: v1,
  localai: v1,
  litellm: everything,
  'new-api': everything,
  'one-api': v1,
  tollgate: everything,
  'azure-openai': {
    paths: { ...chatAt('/openai/v1'), ...responsesAt('/openai/v1') },
    keyHeader: 'api-key',
  },
};
