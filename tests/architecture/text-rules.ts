import ts from 'typescript';
import { speaksToDatabase, type Violations } from './import-rules.js';
import type { SourceFile } from './source-tree.js';

const core = 'packages/core/src/';

const statement =
  /\b(select\s[\s\S]*\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|(create|alter|drop)\s+(table|index)\s|begin\s+immediate|pragma\s+\w)/i;

/** SQL text outside the stores. */
export function straySql(sources: readonly SourceFile[]): Violations {
  return sources
    .filter((source) => source.path.startsWith(core) && !source.isTest && !speaksToDatabase(source.path))
    .flatMap((source) =>
      textsOf(source.tree)
        .filter((text) => statement.test(text))
        .map((text) => `${source.path} holds SQL: ${text.slice(0, 60)}`),
    );
}

function textsOf(tree: ts.SourceFile): readonly string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    else if (ts.isTemplateExpression(node)) texts.push(node.getText(tree));
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return texts;
}

/** Only `environment.ts` reads the environment. */
export function strayEnvironment(sources: readonly SourceFile[]): Violations {
  return sources
    .filter((source) => source.path.startsWith('packages/') && !source.isTest && source.path !== `${core}environment.ts`)
    .filter((source) => readsEnvironment(source.tree))
    .map((source) => `${source.path} reads process.env`);
}

function readsEnvironment(node: ts.Node): boolean {
  const access =
    ts.isPropertyAccessExpression(node) &&
    node.name.text === 'env' &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'process';
  const imported = ts.isImportSpecifier(node) && (node.propertyName ?? node.name).text === 'env';
  return access || imported || ts.forEachChild(node, readsEnvironment) === true;
}

/** Names of vendors and payment services; those that are also parts of plain words count only on their own. */
const vendorName = new RegExp(
  [
    'openai|anthropic|claude|gemini|google|stripe|midjourney|deepseek|azure|bedrock|mistral|openrouter|moonshot|perplexity|dashscope|alipay|wxpay|waffo|creem',
    '(?<![a-z])(epay|groq|xai|cohere|qwen|suno|vertex ?ai|ollama)(?![a-z])',
  ].join('|'),
  'i',
);

/** The kernel names no vendor, not even in comments and tests. */
export function vendorNames(sources: readonly SourceFile[]): Violations {
  return sources
    .filter((source) => source.path.startsWith(core))
    .flatMap((source) => {
      const found = [vendorName.exec(source.path), vendorName.exec(source.text)].find((match) => match !== null);
      return found ? [`${source.path} names ${found[0]}`] : [];
    });
}

const functionLinesMax = 70;

/** Functions with more lines of code than a reader can hold; blank lines and comments do not count. */
export function longFunctions(sources: readonly SourceFile[]): Violations {
  return sources
    .filter((source) => /^(packages|examples)\/[^/]+\/src\//.test(source.path) && !source.isTest && !source.path.includes('/migrations/'))
    .flatMap((source) => functionsOf(source.tree).flatMap((node) => tooLong(source, node)));
}

function functionsOf(tree: ts.SourceFile): readonly ts.Node[] {
  const functions: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) functions.push(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return functions;
}

function tooLong(source: SourceFile, node: ts.Node): Violations {
  const lines = codeLines(node.getText(source.tree));
  if (lines <= functionLinesMax) return [];
  const line = source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1;
  return [`${source.path}:${line} is a function of ${lines} lines`];
}

function codeLines(text: string): number {
  return text.split('\n').filter((line) => !/^\s*($|\/\/|\/\*|\*)/.test(line)).length;
}

const vagueName = /(^|[/.-])(utils?|commons?|helpers?|misc|managers?)([/.-]|$)/;

/** Files and folders named after nothing. */
export function vagueNames(sources: readonly SourceFile[]): Violations {
  return sources.filter((source) => vagueName.test(source.path)).map((source) => `${source.path} has a name that says nothing`);
}

export function carelessFileNames(sources: readonly SourceFile[]): Violations {
  return sources
    .filter((source) => !/^([a-z0-9@]+([-.][a-z0-9]+)*\/|__fixtures__\/)*[a-z0-9]+([-.][a-z0-9]+)*\.tsx?$/.test(source.path))
    .map((source) => `${source.path} is not kebab-case`);
}
