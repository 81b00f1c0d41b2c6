import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { sha256 } from '../hash.ts';
import { canonical, canonicalEffect } from './canonical.ts';
import type { Canonical } from './canonical.ts';
import type { Definition, Module } from './modules.ts';
import { Names } from './targets.ts';
import type { Target } from './targets.ts';

/** An export of a module: where code begins. */
export interface Entry {
  /** `file:` URL. */
  module: string;
  exportName: string;
}

/** The code that entries reach. */
export interface Meaning {
  /** Equal for code that differs only in names, order, files, comments, types, or in what is not reached. */
  hash: string;
  /** Start of a hash of what is reached in each file, by path from the root. */
  files: Record<string, string>;
  /** Packages, and built-in modules as `node:…`, with the names that are used of them. */
  packages: Map<string, Set<string>>;
  /** Names that no module defines, such as `Math`. */
  globals: Set<string>;
}

export interface Reader {
  meaningOf(entries: readonly Entry[]): Meaning;
  /** What a module imports from others of this repository by name. */
  importsOf(path: string): Entry[];
  /** Every file that is evaluated where modules are imported, by path from the root. */
  loadedBy(paths: readonly string[]): string[];
}

/** Its definitions compute what another module specifies, and how they do it counts elsewhere: `hashOf`. */
const IMPLEMENTATION =
  /(^|\/)src\/(runtime\/|kernels\/(register\.ts|wasm\/|webgpu\/|[^/]+\/([^/]+-)?(wasm|webgpu)\.ts|.*\.wgsl\.ts))/;

export const isImplementation = (path: string): boolean => IMPLEMENTATION.test(path);

/** What stands beside a `reference.ts`, such as `op.ts`: what the operation computes counts with it. */
const OPERATION = /\/kernels\/[^/]+\/[^/]+\.ts$/;
const SPECIFICATION = /\/kernels\/[^/]+\/reference\.ts$/;
/** What runs operations by name, of `kernels/op.ts`. */
const RUNS: ReadonlySet<string> = new Set(['runKernel', 'runSingle']);

/**
 * With the exports of the reference beside an operation.
 * @throws Error for an operation that no reference stands beside: nothing would say what it computes
 */
function specified(definition: Definition): Canonical {
  const text = canonical(definition);
  const { path } = definition.module;
  if (isImplementation(path) || SPECIFICATION.test(path)) return text;
  const reference = join(dirname(path), 'reference.ts');
  if (OPERATION.test(path) && existsSync(reference))
    return [...text, { imported: { from: './reference.ts', name: '*' } }];
  if (!text.some((piece) => runsKernel(piece, path))) return text;
  throw new Error(
    `${path}: expected what runs a kernel beside the reference of it, got no ${reference}; move it there`,
  );
}

function runsKernel(piece: Canonical[number], path: string): boolean {
  if (typeof piece === 'string' || 'own' in piece) return false;
  const { from, name } = piece.imported;
  return RUNS.has(name) && resolve(dirname(path), from).endsWith('/kernels/op.ts');
}

const QUOTED = /"(?:[^"\\]|\\.)*"/g;

const globalsIn = (text: Canonical): string[] =>
  text.flatMap((piece) => {
    const code = typeof piece === 'string' ? piece.replaceAll(QUOTED, '') : '';
    return [...code.matchAll(/\bglobal ([\w$]+)/g)].map(([, name]) => name!);
  });

class MeaningReader {
  readonly #root: string;
  readonly #implementations: boolean;
  readonly #names: Names;
  readonly #texts = new Map<Definition, Canonical>();
  readonly #uses = new Map<Definition, Definition[]>();
  readonly #hashes = new Map<Definition, string>();

  constructor(root: string, implementations: boolean) {
    this.#root = root;
    this.#implementations = implementations;
    this.#names = new Names(root);
  }

  meaningOf(entries: readonly Entry[]): Meaning {
    const targets = entries.map((entry) => this.#entry(entry));
    const definitions = this.#reached(targets.map(({ definition }) => definition));
    const own = targets.map(({ definition, at }) => `${this.#hashOf(definition)}.${at}`);
    const modules = this.#evaluated(new Set([...definitions].map(({ module }) => module)));
    const effects = [...modules].flatMap((module) =>
      module.effects.map((statement) => this.#effect(module, canonicalEffect(module, statement))),
    );
    return {
      hash: sha256([...own, ...new Set(effects)].join('\n')),
      files: this.#filesOf(definitions),
      packages: this.#packagesOf(definitions),
      globals: new Set([...definitions].flatMap((each) => globalsIn(this.#textOf(each)))),
    };
  }

  importsOf(path: string): Entry[] {
    const module = this.#names.parse(path);
    return [...module.imports.values()].flatMap(({ from, name }) => {
      const other = this.#names.moduleFrom(from, module);
      return other ? [{ module: pathToFileURL(other.path).href, exportName: name }] : [];
    });
  }

  loadedBy(paths: readonly string[]): string[] {
    const start = paths.map((path) => this.#names.parse(path));
    return [...this.#evaluated(start)].map(({ path }) => relative(this.#root, path)).toSorted();
  }

  #entry({ module, exportName }: Entry): Extract<Target, { definition: Definition }> {
    const path = fileURLToPath(module);
    const found = this.#names.exportOf(this.#names.parse(path), exportName);
    if (found && 'definition' in found) return found;
    throw new Error(
      `${relative(this.#root, path)}: expected ${exportName} to be defined in this repository; export it from where it is`,
    );
  }

  #packagesOf(definitions: Iterable<Definition>): Meaning['packages'] {
    const packages: Meaning['packages'] = new Map();
    for (const definition of definitions)
      for (const target of this.#targetsOf(definition))
        if ('package' in target) {
          const names = packages.get(target.package) ?? new Set();
          packages.set(target.package, names.add(target.name));
        }
    return packages;
  }

  #filesOf(definitions: Iterable<Definition>): Meaning['files'] {
    const byFile = Map.groupBy(definitions, ({ module }) => relative(this.#root, module.path));
    const files = [...byFile].map(([path, inside]): [string, string] => {
      const texts = inside.map((one) => JSON.stringify(this.#textOf(one)));
      return [path, sha256(texts.toSorted().join('\n')).slice(0, 12)];
    });
    return Object.fromEntries(files.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  #textOf(definition: Definition): Canonical {
    const text = this.#texts.get(definition) ?? specified(definition);
    this.#texts.set(definition, text);
    return text;
  }

  /** What a definition refers to, each with the text that stands for it once definitions have hashes. */
  #targetsOf(definition: Definition): Target[] {
    return this.#textOf(definition).flatMap((piece) =>
      typeof piece === 'string' ? [] : this.#spread(this.#names.targetOf(definition.module, piece)),
    );
  }

  #spread(target: Target): Target[] {
    return 'namespace' in target && !this.#isOpaque(target.namespace)
      ? this.#names.exportsOf(target.namespace).flatMap(([, each]) => this.#spread(each))
      : [target];
  }

  #isOpaque({ path }: Module): boolean {
    return !this.#implementations && isImplementation(path);
  }

  #definitionsIn(definition: Definition): Definition[] {
    const known = this.#uses.get(definition);
    if (known) return known;
    const found = this.#targetsOf(definition).flatMap((target) =>
      'definition' in target && !this.#isOpaque(target.definition.module)
        ? [target.definition]
        : [],
    );
    this.#uses.set(definition, found);
    return found;
  }

  /** How a target is written in a hash: `inside` gives the places of those it forms a cycle with. */
  #nameOf(target: Target, inside: ReadonlyMap<Definition, number>): string {
    if ('package' in target) return `<package ${target.package} ${target.name}>`;
    if ('file' in target) return `<file ${sha256(readFileSync(target.file))}>`;
    if ('namespace' in target) {
      if (this.#isOpaque(target.namespace)) return '<implementation>';
      const exports = this.#names
        .exportsOf(target.namespace)
        .map(([key, each]) => ({ key, name: this.#nameOf(each, inside) }));
      if (SPECIFICATION.test(target.namespace.path))
        return `<specified by ${[...new Set(exports.map(({ name }) => name))].toSorted().join(' ')}>`;
      return `<namespace ${exports.map(({ key, name }) => `${key}=${name}`).join(' ')}>`;
    }
    if (this.#isOpaque(target.definition.module)) return '<implementation>';
    const place = inside.get(target.definition);
    const which = place === undefined ? this.#hashes.get(target.definition) : `~${place}`;
    return `<${which}.${target.at}>`;
  }

  #written(definition: Definition, inside: ReadonlyMap<Definition, number>): string {
    return this.#textOf(definition)
      .map((piece) =>
        typeof piece === 'string'
          ? piece
          : this.#nameOf(this.#names.targetOf(definition.module, piece), inside),
      )
      .join('');
  }

  /** Hashes a definition and all it reaches, those of a cycle together (Tarjan 1972). */
  #hashOf(start: Definition): string {
    const index = new Map<Definition, number>();
    const low = new Map<Definition, number>();
    const stack: Definition[] = [];
    const visit = (definition: Definition): void => {
      index.set(definition, index.size);
      low.set(definition, index.get(definition)!);
      stack.push(definition);
      for (const next of this.#definitionsIn(definition)) {
        if (this.#hashes.has(next)) continue;
        if (!index.has(next)) visit(next);
        else if (!stack.includes(next)) continue;
        low.set(definition, Math.min(low.get(definition)!, low.get(next)!));
      }
      if (low.get(definition) !== index.get(definition)) return;
      const cycle = new Set(stack.splice(stack.indexOf(definition)));
      const found = [...cycle].map((member) => [member, this.#hashInCycle(member, cycle)] as const);
      for (const [member, hash] of found) this.#hashes.set(member, hash);
    };
    if (!this.#hashes.has(start)) visit(start);
    return this.#hashes.get(start)!;
  }

  /** From one member's point of view: the others in the order in which it meets them. */
  #hashInCycle(start: Definition, cycle: ReadonlySet<Definition>): string {
    const places = new Map([[start, 0]]);
    for (const member of places.keys())
      for (const next of this.#definitionsIn(member))
        if (cycle.has(next) && !places.has(next)) places.set(next, places.size);
    return sha256([...places.keys()].map((member) => this.#written(member, places)).join('\n'));
  }

  #reached(start: readonly Definition[]): Set<Definition> {
    const found = new Set(start);
    for (const definition of found)
      for (const next of this.#definitionsIn(definition)) found.add(next);
    return found;
  }

  /** Modules that are evaluated with these, implementations left out. */
  #evaluated(modules: Iterable<Module>): Set<Module> {
    const found = new Set(modules);
    for (const module of found)
      for (const from of module.loads) {
        const other = this.#names.moduleFrom(from, module);
        if (other && !this.#isOpaque(other)) found.add(other);
      }
    return found;
  }

  #effect(module: Module, text: Canonical): string {
    const kind = 'effect';
    const effect: Definition = { module, kind, syntax: { type: kind }, names: [] };
    this.#texts.set(effect, text);
    return this.#hashOf(effect);
  }
}

/**
 * Reads what code means. Each definition at the top level of a module is hashed with local names, order, file and
 * types taken out, and with each reference replaced by the hash of what it refers to. Whatever a function touches
 * counts, wherever it stands. Implementations of operations do not: they belong to the device.
 */
export function createReader(root: string, implementations = false): Reader {
  const reader = new MeaningReader(root, implementations);
  return {
    meaningOf: (entries) => reader.meaningOf(entries),
    importsOf: (path) => reader.importsOf(path),
    loadedBy: (paths) => reader.loadedBy(paths),
  };
}

/** Every module under a folder. */
export const modulesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /(?<!\.as|\.d)\.ts$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted()
    : [];
