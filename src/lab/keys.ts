import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { BackendName } from '../runtime/runtime.ts';
import type { Code, Node } from './experiment.ts';
import { toJson } from './hash.ts';
import type { KeyParts } from './lock.ts';
import { readSources } from './sources.ts';
import type { Entry, Request, Sources } from './sources.ts';

interface KeyInputs {
  parts: KeyParts;
  sources: Sources;
}

/** Computes what keys are made of; remembers sources, which many nodes share. */
export interface Keyer {
  /** Reads the sources of many nodes at once, which is much faster than one by one. */
  prepare(nodes: readonly { node: Node; backend: BackendName }[]): Promise<void>;
  sources(node: Node, backend?: BackendName): Promise<Sources>;
  parts(node: Node, backend: BackendName, inputs: Record<string, string>): Promise<KeyInputs>;
}

export function createKeyer(root: string): Keyer {
  const known = new Map<string, Promise<Sources>>();
  const nameOf = ({ entries, backend }: Request): string => JSON.stringify([entries, backend]);
  const readAll = (requests: readonly Request[]): Promise<Sources[]> => {
    const unknown = new Map(requests.map((request) => [nameOf(request), request]));
    for (const name of known.keys()) unknown.delete(name);
    const reading = unknown.size === 0 ? [] : readSources(root, [...unknown.values()]);
    [...unknown.keys()].forEach((name, i) => {
      known.set(
        name,
        Promise.resolve(reading).then((all) => all[i] as Sources),
      );
    });
    return Promise.all(requests.map((request) => known.get(nameOf(request)) as Promise<Sources>));
  };
  const requestOf = async (node: Node, backend?: BackendName): Promise<Request> => ({
    entries: await entriesOf(node),
    backend,
  });
  const sources = async (node: Node, backend?: BackendName): Promise<Sources> =>
    (await readAll([await requestOf(node, backend)]))[0] as Sources;
  return {
    async prepare(nodes) {
      await readAll(await Promise.all(nodes.map(({ node, backend }) => requestOf(node, backend))));
    },
    sources,
    async parts(node, backend, inputs) {
      const reached = await sources(node, backend);
      const packages = reached.packages.map((name) => [name, versionOf(root, name)] as const);
      const parts: KeyParts = {
        sources: reached.hash,
        parameters: toJson(node.parameters, `${node.id} parameters`),
        seed: node.seed ?? null,
        inputs,
        packages: Object.fromEntries(packages),
      };
      return { parts, sources: reached };
    },
  };
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
    `${where}: expected its code among the exports of ${module}, got ` +
      `${Object.keys(exports).join(', ') || 'no exports'}; export it from that module`,
  );
}

const manifest = z.looseObject({ version: z.string() });

function versionOf(root: string, name: string): string {
  const roots = [root, resolve(import.meta.dirname, '../..')];
  const paths = roots.map((base) => join(base, 'node_modules', name, 'package.json'));
  const path = paths.find((candidate) => existsSync(candidate));
  if (!path) throw new Error(`lab: expected package ${name} in node_modules, got none; run npm ci`);
  return manifest.parse(JSON.parse(readFileSync(path, 'utf8'))).version;
}
