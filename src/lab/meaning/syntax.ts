/** A node of the syntax tree (ESTree with TypeScript), its fields not told apart by type. */
export type Syntax = { type: string } & Record<string, unknown>;

const isSyntax = (value: unknown): value is Syntax =>
  typeof value === 'object' && value !== null && typeof (value as Syntax).type === 'string';

/** Fields that say where something stands, how it is spelt, or of which type it is. */
const ERASED_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'start',
  'end',
  'range',
  'loc',
  'parent',
  'raw',
  'shorthand',
  'typeAnnotation',
  'typeParameters',
  'typeArguments',
  'returnType',
  'superTypeArguments',
  'implements',
  'accessibility',
  'readonly',
  'override',
  'definite',
  'declare',
  'abstract',
  'directive',
]);

/** Fields that remain once types are erased, in the parser's order. */
export const fieldsOf = (syntax: Syntax): [string, unknown][] =>
  Object.entries(syntax).filter(
    ([name]) => !ERASED_FIELDS.has(name) && (name !== 'optional' || isOptionalCall(syntax)),
  );

/** `a?.b` and `a?.()` mean something; `a?: T` does not. */
const isOptionalCall = ({ type }: Syntax): boolean =>
  type === 'MemberExpression' || type === 'CallExpression';

/** Expressions that are their operand once types are erased. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'ParenthesizedExpression',
]);

export function withoutTypes(syntax: Syntax): Syntax {
  let inner = syntax;
  while (WRAPPERS.has(inner.type)) inner = inner['expression'] as Syntax;
  return inner;
}

/** Members, parameters and statements that are gone once types are erased. */
export function isErased(syntax: Syntax): boolean {
  const { type } = syntax;
  if (type === 'Identifier') return syntax['name'] === 'this';
  if (type === 'PropertyDefinition') return syntax['declare'] === true;
  if (type === 'MethodDefinition')
    return (syntax['value'] as Syntax).type === 'TSEmptyBodyFunctionExpression';
  return (
    type === 'TSIndexSignature' ||
    type === 'TSInterfaceDeclaration' ||
    type === 'TSTypeAliasDeclaration' ||
    type === 'TSDeclareFunction' ||
    type === 'EmptyStatement' ||
    type.startsWith('TSAbstract')
  );
}

export const childrenOf = (syntax: Syntax): Syntax[] =>
  fieldsOf(syntax)
    .flatMap(([, value]) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter(isSyntax)
    .map(withoutTypes)
    .filter((child) => !isErased(child));

/** Names that a pattern binds, in order. */
export function boundNames(pattern: Syntax | null): string[] {
  if (!pattern) return [];
  switch (pattern.type) {
    case 'Identifier':
      return pattern['name'] === 'this' ? [] : [pattern['name'] as string];
    case 'ObjectPattern':
      return (pattern['properties'] as Syntax[]).flatMap((property) =>
        boundNames((property['value'] ?? property['argument']) as Syntax),
      );
    case 'ArrayPattern':
      return (pattern['elements'] as (Syntax | null)[]).flatMap(boundNames);
    case 'AssignmentPattern':
      return boundNames(pattern['left'] as Syntax);
    case 'RestElement':
      return boundNames(pattern['argument'] as Syntax);
    default:
      throw new Error(`meaning: expected a pattern, got ${pattern.type}`);
  }
}
