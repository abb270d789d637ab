import ts from 'typescript';
import type { SourceFile } from '../architecture/source-tree.js';

/** A code that callers may see, with the status it comes with. */
export interface ErrorCode {
  readonly code: string;
  readonly status: number;
}

/**
 * Every error code that the sources state as a literal: classes of `GatewayError`, verdicts about upstreams, refusals of dialects, and
 * errors that are written out as an object.
 */
export function errorCodesIn(sources: readonly SourceFile[]): readonly ErrorCode[] {
  return sources.filter(({ isTest }) => !isTest).flatMap(({ tree }) => errorCodesOf(tree));
}

function errorCodesOf(node: ts.Node): readonly ErrorCode[] {
  const inside: ErrorCode[] = [];
  ts.forEachChild(node, (child) => void inside.push(...errorCodesOf(child)));
  const own = classCode(node) ?? objectCode(node) ?? verdictCode(node) ?? refusalCode(node);
  return own === undefined ? inside : [own, ...inside];
}

/** `class X extends GatewayError { readonly status = 404; readonly code = '…' }` */
function classCode(node: ts.Node): ErrorCode | undefined {
  if (!ts.isClassDeclaration(node)) return undefined;
  const parents = node.heritageClauses?.flatMap(({ types }) => types.map((type) => type.expression.getText())) ?? [];
  if (!parents.includes('GatewayError')) return undefined;
  const valueOf = (name: string): ts.Expression | undefined =>
    node.members.find((member): member is ts.PropertyDeclaration => ts.isPropertyDeclaration(member) && member.name.getText() === name)
      ?.initializer;
  return codeOf(valueOf('code'), valueOf('status'));
}

/** `{ kind: 'server', status: 500, code: '…', message: '…' }` */
function objectCode(node: ts.Node): ErrorCode | undefined {
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  const valueOf = (name: string): ts.Expression | undefined =>
    node.properties.find(
      (property): property is ts.PropertyAssignment => ts.isPropertyAssignment(property) && property.name.getText() === name,
    )?.initializer;
  return valueOf('kind') === undefined ? undefined : codeOf(valueOf('code'), valueOf('status'));
}

/** `verdictForKind('server', 502, 'message', 'code')` */
function verdictCode(node: ts.Node): ErrorCode | undefined {
  if (!ts.isCallExpression(node) || node.expression.getText() !== 'verdictForKind') return undefined;
  const [, status, , code] = node.arguments;
  return codeOf(code, status);
}

/** `new BadRequestError('message', 'field', 'code')`, and the code of those that state none. */
function refusalCode(node: ts.Node): ErrorCode | undefined {
  if (ts.isNewExpression(node) && node.expression.getText() === 'BadRequestError') return badRequest(node.arguments?.[2]);
  const isDefault = ts.isParameter(node) && node.name.getText() === 'code' && isConstructorOf(node.parent, 'BadRequestError');
  return isDefault ? badRequest(node.initializer) : undefined;
}

function isConstructorOf(node: ts.Node, className: string): boolean {
  return ts.isConstructorDeclaration(node) && node.parent.name?.getText() === className;
}

function badRequest(code: ts.Expression | undefined): ErrorCode | undefined {
  return code !== undefined && ts.isStringLiteral(code) ? { code: code.text, status: 400 } : undefined;
}

function codeOf(code: ts.Expression | undefined, status: ts.Expression | undefined): ErrorCode | undefined {
  if (code === undefined || status === undefined || !ts.isStringLiteral(code) || !ts.isNumericLiteral(status)) return undefined;
  return { code: code.text, status: Number(status.text) };
}
