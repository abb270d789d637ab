import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar, visit } from 'yaml';
import { ApplyFileError, type ApplyProblem } from './apply-errors.js';
import type { VariableValues, VariableWords } from './apply-variables.js';

export type ApplyPath = readonly PropertyKey[];

/** A problem before its place in the text is looked up. */
export interface ProblemAt {
  readonly path: ApplyPath;
  readonly message: string;
}

/** Aliases that one file may use: without a limit, a few lines can stand for gigabytes. */
const aliasesMax = 100;

/** Shorter values are no secrets, and would be found inside other words. */
const shownValueCharacters = 6;

/** Digits that a floating-point number always keeps. */
const safeDigits = 15;

/** The text of an apply file, YAML or JSON (which is YAML too), with the place of everything in it. */
export class ApplySource {
  readonly filename: string;
  readonly #document: Document.Parsed;
  readonly #lines = new LineCounter();
  /** Value → name, of the variables that were filled in. */
  readonly #variables = new Map<string, string>();

  /** @throws ApplyFileError if the text is not YAML. */
  constructor(text: string, filename: string) {
    this.filename = filename;
    this.#document = this.#parsed(text);
    const problems = this.#document.errors.map((error) => ({ path: '', ...this.#place(error.pos[0]), message: error.message }));
    if (problems.length > 0) throw new ApplyFileError(filename, problems);
  }

  /** What is nested so deeply that reading it exhausts the stack is no apply file. @throws ApplyFileError */
  #parsed(text: string): Document.Parsed {
    try {
      const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
      visit(document, { Scalar: () => undefined });
      return document;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ApplyFileError(this.filename, [{ path: '', line: 1, column: 1, message: 'Is nested too deeply.' }]);
    }
  }

  /**
   * Replaces `${NAME}` in every text of the file by the variable's value; `$${` stands for `${` itself. Works on parsed texts, so that a
   * value can never change the structure of the file. Numbers that would lose digits are left as the text that they were written as.
   */
  substitute(values: VariableValues, words: VariableWords): readonly ProblemAt[] {
    const problems: ProblemAt[] = [];
    visit(this.#document, {
      Scalar: (key, node, ancestors) => {
        if (key === 'key') return;
        if (typeof node.value === 'number' && isMorePrecise(node)) node.value = node.source;
        if (typeof node.value !== 'string') return;
        node.value = node.value.replaceAll(/\$\$\{|\$\{([^}]*)\}?/g, (found, name?: string) => {
          if (name === undefined) return '${';
          const value = Object.hasOwn(values, name) ? values[name] : undefined;
          if (value === undefined) problems.push({ path: pathOf([...ancestors, node]), message: missingVariable(found, name, words) });
          else this.#variables.set(value, name);
          return value ?? '';
        });
      },
    });
    return problems;
  }

  /** Texts that not every database can hold, names among them. */
  unfitTexts(): readonly ProblemAt[] {
    const problems: ProblemAt[] = [];
    visit(this.#document, {
      Scalar: (_key, node, ancestors) => {
        if (typeof node.value !== 'string' || !/[\0\p{Cs}]/u.test(node.value)) return;
        problems.push({ path: pathOf([...ancestors, node]), message: 'Must not contain NUL, or half of a character.' });
      },
    });
    return problems;
  }

  /** Aliases of what they stand in: that would never end. */
  endlessAliases(): readonly ProblemAt[] {
    const problems: ProblemAt[] = [];
    visit(this.#document, {
      Alias: (_key, node, ancestors) => {
        const meant = node.resolve(this.#document);
        if (meant !== undefined && ancestors.includes(meant))
          problems.push({ path: pathOf([...ancestors, node]), message: `The alias *${node.source} stands for what it is a part of.` });
      },
    });
    return problems;
  }

  /** Names that JavaScript gives a meaning of its own: they would vanish without a word. */
  forbiddenKeys(): readonly ProblemAt[] {
    const problems: ProblemAt[] = [];
    visit(this.#document, {
      Pair: (_key, pair, ancestors) => {
        if (isScalar(pair.key) && pair.key.value === '__proto__')
          problems.push({ path: pathOf([...ancestors, pair]), message: 'This name cannot be used.' });
      },
    });
    return problems;
  }

  /** @throws ApplyFileError if aliases multiply beyond reason. */
  value(): unknown {
    try {
      return this.#document.toJS({ maxAliasCount: aliasesMax });
    } catch (error) {
      if (error instanceof ReferenceError) throw this.refuse([{ path: [], message: error.message }]);
      throw error;
    }
  }

  refuse(problems: readonly ProblemAt[]): ApplyFileError {
    return new ApplyFileError(
      this.filename,
      problems.map((problem) => this.#locate(problem)),
    );
  }

  lineOf(path: ApplyPath): number {
    return this.#place(this.#offsetOf(path)).line;
  }

  #locate({ path, message }: ProblemAt): ApplyProblem {
    return { path: path.join('.'), ...this.#place(this.#offsetOf(path)), message: this.#withoutVariables(message) };
  }

  /** The value of a variable may be a secret that was put into the wrong field. */
  #withoutVariables(message: string): string {
    let shown = message;
    for (const [value, name] of this.#variables) if (value.length >= shownValueCharacters) shown = shown.replaceAll(value, `\${${name}}`);
    return shown;
  }

  #place(offset: number): { readonly line: number; readonly column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** Where the path begins; for something that is missing, where its nearest parent begins. */
  #offsetOf(path: ApplyPath): number {
    let node: unknown = this.#document.contents;
    let offset = offsetOfNode(node) ?? 0;
    for (const part of path) {
      if (isAlias(node)) node = node.resolve(this.#document);
      const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part)) : undefined;
      const next: unknown = isSeq(node) ? node.items[Number(part)] : pair?.value;
      const start = offsetOfNode(pair?.key ?? next);
      if (start === undefined) break;
      offset = start;
      node = next;
    }
    return offset;
  }
}

function isMorePrecise({ source, value }: Scalar): boolean {
  if (source === undefined) return false;
  return (
    !Number.isFinite(value) ||
    source
      .replace(/[eE].*/, '')
      .replaceAll(/\D/g, '')
      .replace(/^0+/, '').length > safeDigits
  );
}

function offsetOfNode(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

/** The path of the last of the nodes, each of which contains the next. */
function pathOf(nodes: readonly unknown[]): ApplyPath {
  return nodes.flatMap((node, index): ApplyPath => {
    const child = nodes[index + 1];
    if (isSeq(node)) return [node.items.indexOf(child)];
    if (!isMap(node)) return [];
    const pair = node.items.find((item) => item === child);
    return isScalar(pair?.key) ? [String(pair.key.value)] : [];
  });
}

function missingVariable(found: string, name: string, { noun, adviceFor }: VariableWords): string {
  if (!/^[A-Za-z_]\w*$/.test(name) || !found.endsWith('}'))
    return `"${found}" is not the name of ${noun} in braces; write $\${ for the characters themselves.`;
  return adviceFor(name);
}
