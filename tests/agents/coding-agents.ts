import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { prompt } from './task.js';

/** Where a run happens and whom it may ask. */
export interface Place {
  readonly home: string;
  readonly folder: string;
  readonly gatewayUrl: string;
  readonly key: string;
  /** Where the agent's package is installed. */
  readonly packageFolder: string;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

/** A coding agent as its users start it without a terminal. */
export interface CodingAgent {
  readonly id: string;
  readonly package: string;
  readonly version: string;
  /** The dialect that it speaks. */
  readonly dialect: string;
  /** The model it asks for, by a name that it knows. */
  readonly model: string;
  readonly command: (place: Place) => Command;
  /** How many tools it says it has run, from its own report. */
  readonly toolsRun: (report: string) => number;
  /** What its user reads. */
  readonly said: (report: string) => string;
  /** Vendors whose seals it loses on the way, and why that is not ours to change. */
  readonly losesSealsOf?: { readonly dialects: readonly string[]; readonly why: string };
}

const agentPackage = z.object({ package: z.string(), version: z.string() });
const packages = z
  .object({ 'claude-code': agentPackage, codex: agentPackage, 'gemini-cli': agentPackage, opencode: agentPackage })
  .parse(JSON.parse(readFileSync(new URL('./packages.json', import.meta.url), 'utf8')));

const claudeCode: CodingAgent = {
  id: 'claude-code',
  ...packages['claude-code'],
  dialect: 'claude-messages',
  model: 'claude-sonnet-4-5',
  command: ({ gatewayUrl, key, packageFolder }) => ({
    program: nativeProgram(packageFolder, `@anthropic-ai/claude-code-linux-${process.arch}/claude`),
    args: ['-p', prompt, '--output-format', 'stream-json', '--verbose', '--model', claudeCode.model, '--allowedTools', 'Read,Edit,Bash'],
    variables: {
      ANTHROPIC_BASE_URL: gatewayUrl,
      ANTHROPIC_API_KEY: key,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      DISABLE_AUTOUPDATER: '1',
    },
  }),
  toolsRun: (report) => linesOf(report).filter((line) => line.includes('"type":"tool_result"')).length,
  said: (report) => report,
};

const codex: CodingAgent = {
  id: 'codex',
  ...packages.codex,
  dialect: 'openai-responses',
  model: 'gpt-5.5',
  command: ({ home, gatewayUrl, key, packageFolder }) => {
    mkdirSync(join(home, '.codex'));
    const provider = `{name="Tollgate",base_url="${gatewayUrl}/v1",env_key="TOLLGATE_KEY",wire_api="responses"}`;
    const settings = ['model_provider=tollgate', `model=${codex.model}`, `model_providers.tollgate=${provider}`, 'analytics.enabled=false'];
    const flags = ['--json', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox'];
    return {
      program: process.execPath,
      args: [script(packageFolder, 'codex'), 'exec', ...flags, ...settings.flatMap((setting) => ['-c', setting]), prompt],
      variables: { TOLLGATE_KEY: key },
    };
  },
  toolsRun: (report) => linesOf(report).filter((line) => /"item\.completed".*"type":"(?:command_execution|file_change)"/.test(line)).length,
  said: (report) => report,
};

const geminiCli: CodingAgent = {
  id: 'gemini-cli',
  ...packages['gemini-cli'],
  dialect: 'gemini',
  model: 'gemini-3.1-pro-preview',
  command: ({ home, gatewayUrl, key, packageFolder }) => {
    writeSettings(join(home, '.gemini'), 'settings.json', {
      security: { auth: { selectedType: 'gemini-api-key' } },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      general: { enableAutoUpdate: false, disableAutoUpdate: true },
    });
    return {
      program: process.execPath,
      args: [
        script(packageFolder, 'gemini'),
        '--approval-mode',
        'yolo',
        '--output-format',
        'stream-json',
        '-m',
        geminiCli.model,
        '-p',
        prompt,
      ],
      variables: { GEMINI_API_KEY: key, GOOGLE_GEMINI_BASE_URL: gatewayUrl, GEMINI_CLI_TRUST_WORKSPACE: 'true' },
    };
  },
  toolsRun: (report) => linesOf(report).filter((line) => line.startsWith('{"type":"tool_result"')).length,
  said: (report) =>
    linesOf(report)
      .flatMap((line) => /^\{"type":"message".*"role":"assistant","content":"(.*)","delta":true/.exec(line)?.[1] ?? [])
      .join(''),
};

const opencode: CodingAgent = {
  id: 'opencode',
  ...packages.opencode,
  dialect: 'openai-chat',
  model: 'deepseek-reasoner',
  command: ({ home, gatewayUrl, key, packageFolder }) => {
    const model = {
      name: 'Reasoner',
      reasoning: true,
      tool_call: true,
      interleaved: { field: 'reasoning_content' },
      options: { reasoningEffort: 'medium' },
      limit: { context: 128_000, output: 32_000 },
    };
    const provider = {
      npm: '@ai-sdk/openai-compatible',
      name: 'Tollgate',
      options: { baseURL: `${gatewayUrl}/v1`, apiKey: key },
      models: { [opencode.model]: model },
    };
    writeSettings(join(home, '.config', 'opencode'), 'opencode.json', {
      autoupdate: false,
      share: 'disabled',
      provider: { tollgate: provider },
      permission: { edit: 'allow', bash: 'allow', external_directory: 'allow' },
    });
    return {
      program: nativeProgram(packageFolder, `opencode-linux-${process.arch === 'x64' ? 'x64-baseline' : process.arch}/bin/opencode`),
      args: ['run', '-m', `tollgate/${opencode.model}`, '--format', 'json', prompt],
      variables: { OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1' },
    };
  },
  toolsRun: (report) => linesOf(report).filter((line) => line.startsWith('{"type":"tool_use"')).length,
  said: (report) => report,
  losesSealsOf: {
    dialects: ['openai-responses', 'claude-messages', 'gemini'],
    why:
      'its provider for compatible servers reads no `reasoning_details`, and takes the seal of a call in under the name of the provider but ' +
      'looks for it under `google`. Reasoning text comes back; vendors go on without the rest.',
  },
};

export const codingAgents: readonly CodingAgent[] = [claudeCode, codex, geminiCli, opencode];

function linesOf(report: string): readonly string[] {
  return report.split('\n');
}

function script(packageFolder: string, name: string): string {
  return join(packageFolder, 'node_modules', '.bin', name);
}

/** The program for this machine, which comes in a package of its own. */
function nativeProgram(packageFolder: string, path: string): string {
  return join(packageFolder, 'node_modules', path);
}

function writeSettings(folder: string, name: string, settings: object): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), JSON.stringify(settings));
}
