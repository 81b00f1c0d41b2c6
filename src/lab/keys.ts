import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identifyDeclared } from './declared.ts';
import { topOf } from './git.ts';
import type { Code, Experiment, Node } from './experiment.ts';
import { toJson } from './hash.ts';
import type { KeyParts } from './lock.ts';
import { createReader } from './meaning/meaning.ts';
import type { Entry, Meaning } from './meaning/meaning.ts';
import { identify } from './packages.ts';
import type { Workspace } from './workspace.ts';

/** Outputs of each input, by input name and file: sha256. */
export type InputHashes = KeyParts['inputs'];

/** Computes what keys are made of; reads each file of code once. */
export interface Keyer {
  meaningOf(node: Node): Promise<Meaning>;
  /** @throws Error where a declared file cannot be read, or code reaches what no key could cover */
  parts(node: Node, inputs: InputHashes): Promise<KeyParts>;
  /** Everything a process that runs nodes of the experiment may import of this repository, by path from the root. */
  filesOf(experiment: Experiment): string[];
}

export function createKeyer(workspace: Workspace): Keyer {
  const reader = createReader(workspace.root);
  const known = new Map<string, Meaning>();
  const meaningOf = async (node: Node): Promise<Meaning> => {
    const entries = await entriesOf(node);
    const name = JSON.stringify(entries);
    const meaning = known.get(name) ?? reader.meaningOf(entries);
    known.set(name, meaning);
    return meaning;
  };
  return {
    meaningOf,
    async parts(node, inputs) {
      const { hash, packages, globals } = await meaningOf(node);
      const names = [...packages.keys()].map(packageOf);
      for (const [name, used] of packages)
        if (OUTSIDE.test(name)) refuse(node, `${[...used].join(', ')} of ${name}`);
      for (const name of globals) if (NETWORK.has(name)) refuse(node, name);
      const numeric = [...new Set(names)].filter(
        (name) => !name.startsWith('node:') && !PLUMBING.has(name),
      );
      return {
        code: hash,
        parameters: toJson(node.parameters, `${node.id} parameters`),
        seed: node.seed ?? null,
        inputs,
        data: await identifyDeclared(workspace, node),
        packages: Object.fromEntries(
          numeric.toSorted().map((name) => [name, identify(workspace.root, name)]),
        ),
      };
    },
    filesOf: ({ id }) =>
      reader
        .loadedBy([join(workspace.experiments, `${id}.ts`)])
        .filter(
          (path) => !relative(topOf(workspace.root), join(workspace.root, path)).startsWith('..'),
        ),
  };
}

/** Schemas check numbers, they do not make them. */
const PLUMBING: ReadonlySet<string> = new Set(['zod']);

/** `@scope/name/file` → `@scope/name` */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Built-in modules through which a node would read what its key does not cover. */
const OUTSIDE =
  /^(node:)?(fs|fs\/promises|child_process|http|https|http2|net|dgram|tls|dns|os|worker_threads|sqlite)$/;

/** The same without an import. */
const NETWORK: ReadonlySet<string> = new Set(['fetch', 'WebSocket', 'EventSource', 'require']);

function refuse({ id }: Node, what: string): never {
  throw new Error(
    `node ${id}: expected code that depends on its context alone, got a use of ${what}; declare what it reads as ` +
      '`data` of the node',
  );
}

/** Where the node's code begins: its own function, and what it is given. */
const entriesOf = (node: Node): Promise<Entry[]> => {
  const uses = Object.entries(node.uses ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Promise.all([
    entryOf({ module: node.module, value: node.run }, `node ${node.id}`),
    ...uses.map(([name, code]) => entryOf(code, `node ${node.id} ${name}`)),
  ]);
};

/** Finds the name under which a module exports a value: the hashed code is the code that runs. */
async function entryOf({ module, value }: Code, where: string): Promise<Entry> {
  const exports = (await import(module)) as Record<string, unknown>;
  const found = Object.entries(exports).find(([, exported]) => exported === value);
  if (found) return { module, exportName: found[0] };
  throw new Error(
    `${where}: expected its code among the exports of ${fileURLToPath(module)}, got ` +
      `${Object.keys(exports).join(', ') || 'no exports'}; export it from that module`,
  );
}
