import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { parseSync } from 'oxc-parser';
import { boundNames } from './syntax.ts';
import type { Syntax } from './syntax.ts';

/** A top-level declaration: what one key of meaning is made of. */
export interface Definition {
  module: Module;
  /** `function`, `class`, `const` …: how its names are bound. */
  kind: string;
  /** The declaration, or one declarator of it. */
  syntax: Syntax;
  /** Names it binds at the top level, in order. */
  names: readonly string[];
}

/** What a name stands for that another module, or a package, exports. */
export interface Imported {
  from: string;
  /** `*` for the namespace. */
  name: string;
}

/** One parsed file. */
export interface Module {
  path: string;
  definitions: ReadonlyMap<string, Definition>;
  imports: ReadonlyMap<string, Imported>;
  /** By exported name: a local name, or an export of another module. */
  exports: ReadonlyMap<string, string | Imported>;
  /** Of `export * from`. */
  stars: readonly string[];
  /** Specifiers of every module that is evaluated before this one. */
  loads: readonly string[];
  /** Statements that do something when the module is evaluated. */
  effects: readonly Syntax[];
}

/** Parses modules and remembers them; a session sees each file once. */
export function createParser(root: string): (path: string) => Module {
  const known = new Map<string, Module>();
  return (path) => {
    const module = known.get(path) ?? parse(root, path);
    known.set(path, module);
    return module;
  };
}

function parse(root: string, path: string): Module {
  const lang = path.endsWith('ts') ? 'ts' : 'js';
  const options = { lang, sourceType: 'module', preserveParens: false } as const;
  const { program, errors } = parseSync(path, readFileSync(path, 'utf8'), options);
  if (errors[0])
    throw new Error(`${relative(root, path)}: expected TypeScript, got ${errors[0].message}`);
  const module = {
    path,
    definitions: new Map<string, Definition>(),
    imports: new Map<string, Imported>(),
    exports: new Map<string, string | Imported>(),
    stars: [] as string[],
    loads: [] as string[],
    effects: [] as Syntax[],
  };
  for (const statement of program.body as unknown as Syntax[]) enter(module, statement);
  return module;
}

type Draft = { -readonly [Key in keyof Module]: Module[Key] } & {
  definitions: Map<string, Definition>;
  imports: Map<string, Imported>;
  exports: Map<string, string | Imported>;
  stars: string[];
  loads: string[];
  effects: Syntax[];
};

function enter(module: Draft, statement: Syntax): void {
  switch (statement.type) {
    case 'ImportDeclaration':
      return enterImport(module, statement);
    case 'ExportAllDeclaration': {
      if (statement['exportKind'] === 'type') return;
      const from = sourceOf(statement);
      module.loads.push(from);
      const as = statement['exported'] as Syntax | null;
      if (as) module.exports.set(nameOf(as), { from, name: '*' });
      else module.stars.push(from);
      return;
    }
    case 'ExportNamedDeclaration':
      return enterExport(module, statement);
    case 'ExportDefaultDeclaration': {
      const declared = statement['declaration'] as Syntax;
      const id = declared['id'] as Syntax | null;
      const name = id && DECLARATIONS.has(declared.type) ? nameOf(id) : 'default';
      define(module, { kind: 'const', syntax: declared, names: [name] });
      module.exports.set('default', name);
      return;
    }
    default:
      declare(module, statement);
  }
}

const DECLARATIONS: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'ClassDeclaration',
  'VariableDeclaration',
]);

/** Statements that leave no trace once types are erased. */
const ERASED: ReadonlySet<string> = new Set([
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'TSDeclareFunction',
  'EmptyStatement',
]);

function declare(module: Draft, statement: Syntax): string[] {
  if (ERASED.has(statement.type) || statement['declare'] === true) return [];
  if (statement.type === 'VariableDeclaration') {
    const kind = statement['kind'] as string;
    return (statement['declarations'] as Syntax[]).flatMap((syntax) => {
      const names = boundNames(syntax['id'] as Syntax);
      define(module, { kind, syntax, names });
      return names;
    });
  }
  if (DECLARATIONS.has(statement.type)) {
    const names = [nameOf(statement['id'] as Syntax)];
    const kind = statement.type === 'ClassDeclaration' ? 'class' : 'function';
    define(module, { kind, syntax: statement, names });
    return names;
  }
  module.effects.push(statement);
  return [];
}

function define(module: Draft, definition: Omit<Definition, 'module'>): void {
  const whole = { module, ...definition };
  for (const name of definition.names) module.definitions.set(name, whole);
}

function enterImport(module: Draft, statement: Syntax): void {
  if (statement['importKind'] === 'type') return;
  const from = sourceOf(statement);
  const specifiers = statement['specifiers'] as Syntax[];
  const values = specifiers.filter((specifier) => specifier['importKind'] !== 'type');
  if (specifiers.length > 0 && values.length === 0) return;
  module.loads.push(from);
  for (const specifier of values) {
    const name =
      specifier.type === 'ImportSpecifier'
        ? nameOf(specifier['imported'] as Syntax)
        : specifier.type === 'ImportDefaultSpecifier'
          ? 'default'
          : '*';
    module.imports.set(nameOf(specifier['local'] as Syntax), { from, name });
  }
}

function enterExport(module: Draft, statement: Syntax): void {
  if (statement['exportKind'] === 'type') return;
  const declared = statement['declaration'] as Syntax | null;
  if (declared) {
    for (const name of declare(module, declared)) module.exports.set(name, name);
    return;
  }
  const from = statement['source'] ? sourceOf(statement) : undefined;
  if (from !== undefined) module.loads.push(from);
  for (const specifier of statement['specifiers'] as Syntax[]) {
    if (specifier['exportKind'] === 'type') continue;
    const local = nameOf(specifier['local'] as Syntax);
    const target = from === undefined ? local : { from, name: local };
    module.exports.set(nameOf(specifier['exported'] as Syntax), target);
  }
}

const sourceOf = (statement: Syntax): string => (statement['source'] as Syntax)['value'] as string;

const nameOf = (syntax: Syntax): string => (syntax['name'] ?? syntax['value']) as string;
