import type { Definition, Imported, Module } from './modules.ts';
import { boundNames, childrenOf, fieldsOf, isErased, withoutTypes } from './syntax.ts';
import type { Syntax } from './syntax.ts';

/** A name of the module's top level, or what it imports: replaced by what it stands for. */
export type Reference = { own: string } | { imported: Imported };

/** A definition's text with local names numbered and types gone, references between its pieces. */
export type Canonical = readonly (string | Reference)[];

/** The canonical text of a definition: equal for definitions that differ in spelling alone. */
export function canonical({ module, kind, syntax }: Definition): Canonical {
  const writer = new Writer(module);
  writer.text(kind === 'let' || kind === 'var' ? 'let' : 'const');
  if (syntax.type === 'VariableDeclarator') {
    const pattern = syntax['id'] as Syntax;
    if (pattern.type !== 'Identifier') writer.write(pattern, undefined);
    if (syntax['init']) writer.write(syntax['init'] as Syntax, undefined);
  } else writer.write({ ...syntax, id: null }, undefined);
  return writer.pieces;
}

/** The canonical text of a statement that is evaluated with its module. */
export function canonicalEffect(module: Module, statement: Syntax): Canonical {
  const writer = new Writer(module);
  writer.write(statement, undefined);
  return writer.pieces;
}

interface Scope {
  outer: Scope | undefined;
  /** Numbers are given at the first use. */
  names: Map<string, number | undefined>;
}

const FUNCTIONS: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
]);
const CLASSES: ReadonlySet<string> = new Set(['ClassDeclaration', 'ClassExpression']);

class Writer {
  readonly pieces: (string | Reference)[] = [];
  readonly #module: Module;
  #bound = 0;

  constructor(module: Module) {
    this.#module = module;
  }

  text(text: string): void {
    const last = this.pieces.length - 1;
    if (typeof this.pieces[last] === 'string') this.pieces[last] += ` ${text}`;
    else this.pieces.push(text);
  }

  write(typed: Syntax, outer: Scope | undefined): void {
    const syntax = withoutTypes(typed);
    if (isErased(syntax)) return;
    switch (syntax.type) {
      case 'Identifier':
        return this.#name(syntax['name'] as string, outer);
      case 'PrivateIdentifier':
        return this.#name(`#${syntax['name'] as string}`, outer);
      case 'Literal':
        return this.#literal(syntax);
      case 'MemberExpression':
        return this.#member(syntax, outer);
      case 'Property':
      case 'MethodDefinition':
      case 'PropertyDefinition':
        return this.#property(syntax, outer);
      case 'MetaProperty':
        return this.text(`meta ${nameOf(syntax['meta'])}.${nameOf(syntax['property'])}`);
      case 'ImportExpression':
        return this.#dynamicImport(syntax, outer);
      case 'TemplateElement':
        return this.#template(syntax['value'] as { raw: string });
      case 'BreakStatement':
      case 'ContinueStatement':
        return this.text(`(${syntax.type} ${syntax['label'] ? nameOf(syntax['label']) : ''})`);
      default:
        if (syntax.type.startsWith('TS'))
          throw new Error(
            `${this.#module.path}: expected TypeScript whose types can be erased, got ${syntax.type}; write it without`,
          );
        return this.#fields(syntax, scopeOf(syntax, outer));
    }
  }

  #fields(syntax: Syntax, scope: Scope | undefined): void {
    this.text(`(${syntax.type}`);
    for (const [name, value] of fieldsOf(syntax)) this.#field(name, value, scope);
    this.text(')');
  }

  #field(name: string, value: unknown, scope: Scope | undefined): void {
    if (value === null || value === undefined || value === false) return;
    this.text(`${name}:`);
    if (Array.isArray(value)) {
      this.text('[');
      for (const item of value as (Syntax | null)[]) {
        if (item) this.write(item, scope);
        else this.text('hole');
      }
      this.text(']');
    } else if (isSyntax(value)) this.write(value, scope);
    else this.text(JSON.stringify(value));
  }

  #literal({ value, regex, bigint }: Syntax): void {
    if (regex) this.text(`regex ${JSON.stringify(regex)}`);
    else if (bigint) this.text(`bigint ${bigint as string}`);
    else this.text(typeof value === 'string' ? JSON.stringify(value) : String(value));
  }

  /** Comments of a shader say nothing, as those around it; one that runs into an expression takes it along. */
  #template({ raw }: { raw: string }): void {
    const wgsl = this.#module.path.endsWith('.wgsl.ts');
    this.text(
      JSON.stringify(
        wgsl ? raw.replace(/\/\/[^\n]*(?=\n)|\/\*[^]*?\*\/|\s+/g, ' ').replace(/ +/g, ' ') : raw,
      ),
    );
  }

  /** `namespace.name` stands for the export of that name. */
  #member(syntax: Syntax, scope: Scope | undefined): void {
    const object = withoutTypes(syntax['object'] as Syntax);
    const imported =
      object.type === 'Identifier' && !isLocal(object['name'] as string, scope)
        ? this.#module.imports.get(object['name'] as string)
        : undefined;
    if (imported?.name === '*' && syntax['computed'] !== true) {
      const name = nameOf(syntax['property']);
      this.#refer({ imported: { from: imported.from, name } });
      return;
    }
    this.text(`(member${syntax['optional'] === true ? '?' : ''}`);
    this.write(object, scope);
    this.#key(syntax['property'] as Syntax, syntax['computed'] === true, scope);
    this.text(')');
  }

  #property(syntax: Syntax, scope: Scope | undefined): void {
    const { key, value, computed, kind, method, static: ofClass } = syntax;
    this.text(
      `(${syntax.type} ${(kind as string | undefined) ?? ''} ${method === true ? 'method' : ''}`,
    );
    if (ofClass === true) this.text('static');
    this.#key(key as Syntax, computed === true, scope);
    if (value) this.write(value as Syntax, scope);
    this.text(')');
  }

  #key(key: Syntax, computed: boolean, scope: Scope | undefined): void {
    if (computed || key.type === 'PrivateIdentifier') {
      this.text(computed ? 'computed' : '');
      this.write(key, scope);
    } else this.text(`.${JSON.stringify(String(key['name'] ?? key['value']))}`);
  }

  #dynamicImport({ source }: Syntax, scope: Scope | undefined): void {
    const target = source as Syntax;
    this.text('(import');
    if (typeof target['value'] === 'string')
      this.#refer({ imported: { from: target['value'], name: '*' } });
    else this.write(target, scope);
    this.text(')');
  }

  #name(name: string, scope: Scope | undefined): void {
    for (let at = scope; at; at = at.outer) {
      if (!at.names.has(name)) continue;
      const number = at.names.get(name) ?? this.#bound++;
      at.names.set(name, number);
      return this.text(`%${number}`);
    }
    const imported = this.#module.imports.get(name);
    if (imported) this.#refer({ imported });
    else if (this.#module.definitions.has(name)) this.#refer({ own: name });
    else this.text(`global ${name}`);
  }

  #refer(reference: Reference): void {
    this.pieces.push(reference, '');
  }
}

const isSyntax = (value: unknown): value is Syntax =>
  typeof value === 'object' && value !== null && 'type' in value;

const nameOf = (syntax: unknown): string => String((syntax as Syntax)['name']);

function isLocal(name: string, scope: Scope | undefined): boolean {
  for (let at = scope; at; at = at.outer) if (at.names.has(name)) return true;
  return false;
}

/** The scope inside a piece of syntax: a new one where it binds names. */
function scopeOf(syntax: Syntax, outer: Scope | undefined): Scope | undefined {
  const names = namesIn(syntax);
  if (names.length === 0) return outer;
  return { outer, names: new Map(names.map((name) => [name, undefined])) };
}

function namesIn(syntax: Syntax): string[] {
  if (FUNCTIONS.has(syntax.type)) {
    const params = (syntax['params'] as Syntax[]).flatMap(boundNames);
    const body = syntax['body'] ? hoisted(syntax['body'] as Syntax) : [];
    return [...ownName(syntax, 'FunctionExpression'), ...params, ...body];
  }
  if (CLASSES.has(syntax.type)) {
    const members = (syntax['body'] as Syntax)['body'] as Syntax[];
    const secret = members
      .map(({ key }) => key as Syntax | undefined)
      .filter((key) => key?.type === 'PrivateIdentifier')
      .map((key) => `#${nameOf(key)}`);
    return [...ownName(syntax, 'ClassExpression'), ...secret];
  }
  switch (syntax.type) {
    case 'BlockStatement':
    case 'StaticBlock':
      return (syntax['body'] as Syntax[]).flatMap(lexical);
    case 'SwitchStatement':
      return (syntax['cases'] as Syntax[])
        .flatMap((one) => one['consequent'] as Syntax[])
        .flatMap(lexical);
    case 'ForStatement':
      return lexical(syntax['init'] as Syntax | null);
    case 'ForOfStatement':
    case 'ForInStatement':
      return lexical(syntax['left'] as Syntax);
    case 'CatchClause':
      return boundNames(syntax['param'] as Syntax | null);
    default:
      return [];
  }
}

const ownName = ({ type, id }: Syntax, expression: string): string[] =>
  type === expression && id ? [nameOf(id)] : [];

/** What a statement declares in its block. */
function lexical(statement: Syntax | null): string[] {
  if (!statement) return [];
  if (statement.type === 'VariableDeclaration' && statement['kind'] !== 'var')
    return declared(statement);
  const named = statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration';
  return named ? [nameOf(statement['id'])] : [];
}

const declared = (declaration: Syntax): string[] =>
  (declaration['declarations'] as Syntax[]).flatMap(({ id }) => boundNames(id as Syntax));

/** What `var` declares anywhere in a function's body. */
function hoisted(syntax: Syntax): string[] {
  if (FUNCTIONS.has(syntax.type)) return [];
  const own =
    syntax.type === 'VariableDeclaration' && syntax['kind'] === 'var' ? declared(syntax) : [];
  return [...own, ...childrenOf(syntax).flatMap(hoisted)];
}
