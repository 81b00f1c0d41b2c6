import { parseSync } from 'oxc-parser';
import type { RandomStream } from '../../../src/numerics/random.ts';

/** A node of the syntax tree, with its place in the text. */
export type Syntax = { type: string; start: number; end: number } & Record<string, unknown>;

/** A parsed file of TypeScript. */
export interface Source {
  path: string;
  text: string;
  body: Syntax[];
  comments: { start: number; end: number }[];
}

export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** What an edit does to files: new texts by path from the root; undefined takes the file away. */
export type Change = Map<string, string | undefined>;

export function parse(path: string, text: string): Source {
  const options = { lang: 'ts', sourceType: 'module', preserveParens: false } as const;
  const { program, comments, errors } = parseSync(path, text, options);
  if (errors[0]) throw new Error(`${path}: expected TypeScript, got ${errors[0].message}`);
  return { path, text, body: program.body as unknown as Syntax[], comments };
}

export const parses = (path: string, text: string): boolean =>
  parseSync(path, text, { lang: 'ts', sourceType: 'module' }).errors.length === 0;

const isSyntax = (value: unknown): value is Syntax =>
  typeof value === 'object' && value !== null && typeof (value as Syntax).type === 'string';

const children = (syntax: Syntax): Syntax[] =>
  Object.values(syntax).flatMap((value) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).filter(isSyntax),
  );

/** A node with those around it, the innermost first. */
export interface Found {
  syntax: Syntax;
  outer: readonly Syntax[];
}

/** Every node below, with those around it. */
export function* walk(
  syntax: Syntax,
  outer: readonly Syntax[] = [],
): Generator<Found, void, undefined> {
  yield { syntax, outer };
  for (const child of children(syntax)) yield* walk(child, [syntax, ...outer]);
}

export const nodesIn = ({ body }: Source): Found[] =>
  body.flatMap((statement) => [...walk(statement)]);

/** Whether a node is part of a type, or of what types alone use. */
export const inType = ({ syntax, outer }: Found): boolean =>
  [syntax, ...outer].some(
    ({ type, importKind, exportKind }, depth, all) =>
      importKind === 'type' ||
      exportKind === 'type' ||
      (type.startsWith('TS') && !WRAPPERS.has(type)) ||
      (WRAPPERS.has(type) && depth > 0 && all[depth - 1] !== all[depth]!['expression']),
  );

const WRAPPERS: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
]);

/** Applies splices that do not overlap. */
export function splice(text: string, splices: readonly Splice[]): string {
  let [result, at] = ['', 0];
  for (const { start, end, text: put } of splices.toSorted((a, b) => a.start - b.start)) {
    if (start < at) throw new Error(`edits: expected separate places, got two at ${start}`);
    result += text.slice(at, start) + put;
    at = end;
  }
  return result + text.slice(at);
}

export const textOf = ({ text }: Source, { start, end }: Syntax): string => text.slice(start, end);

export const nameOf = (syntax: unknown): string => {
  const { name, value } = syntax as { name?: string; value?: string };
  return name ?? String(value);
};

export const pick = <Item>(items: readonly Item[], random: RandomStream): Item | undefined =>
  items.length === 0 ? undefined : items[random.integer(items.length)];

export const shuffled = <Item>(items: readonly Item[], random: RandomStream): Item[] =>
  items
    .map((item) => ({ item, at: random.uniform() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);

/** A name that no code uses, of letters that are rare. */
export const rareName = (random: RandomStream): string =>
  `q${Array.from({ length: 5 }, () => 'jkqvwxzJKQVWXZ'[random.integer(14)]).join('')}`;

/** Names that patterns of a subtree bind, types left out. */
export const boundIn = (syntax: Syntax): string[] =>
  [...walk(syntax)].flatMap(({ syntax: { type, ...fields } }) => {
    if (type === 'VariableDeclarator') return patternNames(fields['id'] as Syntax);
    if (type === 'CatchClause') return patternNames(fields['param'] as Syntax | null);
    if (!/Function(Expression|Declaration)$/.test(type)) {
      return type.startsWith('Class') && fields['id'] ? [nameOf(fields['id'])] : [];
    }
    const own = fields['id'] ? [nameOf(fields['id'])] : [];
    return [...own, ...(fields['params'] as Syntax[]).flatMap(patternNames)];
  });

function patternNames(pattern: Syntax | null): string[] {
  if (!pattern) return [];
  if (pattern.type === 'Identifier') return [nameOf(pattern)];
  if (pattern.type === 'AssignmentPattern') return patternNames(pattern['left'] as Syntax);
  if (pattern.type === 'RestElement') return patternNames(pattern['argument'] as Syntax);
  if (pattern.type === 'ArrayPattern')
    return (pattern['elements'] as (Syntax | null)[]).flatMap(patternNames);
  if (pattern.type === 'ObjectPattern')
    return (pattern['properties'] as Syntax[]).flatMap((property) =>
      patternNames((property['value'] ?? property['argument']) as Syntax),
    );
  return [];
}

/** The top-level statement inside an export, or itself. */
export const declarationOf = (statement: Syntax): Syntax =>
  statement.type === 'ExportNamedDeclaration' && statement['declaration']
    ? (statement['declaration'] as Syntax)
    : statement;

/** Names that a statement of the top level binds. */
export function topNames(statement: Syntax): string[] {
  const declaration = declarationOf(statement);
  if (declaration.type === 'VariableDeclaration')
    return (declaration['declarations'] as Syntax[]).flatMap(({ id }) =>
      patternNames(id as Syntax),
    );
  const named = /^(Function|Class)Declaration$/.test(declaration.type) && declaration['id'];
  return named ? [nameOf(declaration['id'])] : [];
}

/** Where a name stands for a variable in a subtree: what to write there for another. */
export function occurrences(syntax: Syntax, name: string, other: string): Splice[] {
  return [...walk(syntax)].flatMap(({ syntax: at, outer: [parent] }) => {
    if (at.type !== 'Identifier' || nameOf(at) !== name) return [];
    if (parent && isLabel(at, parent)) return [];
    if (parent && isShorthand(at, parent)) {
      if (parent['key'] !== at) return [];
      return [{ start: at.start, end: at.start + name.length, text: `${name}: ${other}` }];
    }
    if (parent?.type === 'AssignmentPattern' && isShorthandDefault(at, parent, syntax)) return [];
    return [{ start: at.start, end: at.start + name.length, text: other }];
  });
}

/** A key, a member's name or a name that belongs to another module. */
function isLabel(at: Syntax, parent: Syntax): boolean {
  if (parent.type === 'MemberExpression')
    return parent['property'] === at && parent['computed'] !== true;
  if (
    /^(Property|MethodDefinition|PropertyDefinition|TSPropertySignature|TSMethodSignature)$/.test(
      parent.type,
    )
  )
    return parent['key'] === at && parent['computed'] !== true && parent['shorthand'] !== true;
  if (parent.type === 'ImportSpecifier') return parent['local'] !== at;
  if (parent.type === 'ExportSpecifier') return true;
  return /^(LabeledStatement|BreakStatement|ContinueStatement|MetaProperty|TSQualifiedName)$/.test(
    parent.type,
  );
}

const isShorthand = (at: Syntax, parent: Syntax): boolean =>
  parent.type === 'Property' && parent['shorthand'] === true && at.start === parent.start;

/** `{ name = 1 }`: its key is the same text, and is what is replaced. */
const isShorthandDefault = (at: Syntax, parent: Syntax, root: Syntax): boolean =>
  parent['left'] === at &&
  [...walk(root)].some(
    ({ syntax }) =>
      syntax.type === 'Property' && syntax['shorthand'] === true && syntax['value'] === parent,
  );
