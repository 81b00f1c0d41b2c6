import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { BackendName } from '../runtime/runtime.ts';
import type { Node } from './experiment.ts';
import { toJson } from './hash.ts';
import type { KeyParts } from './lock.ts';
import { readSources } from './sources.ts';
import type { Sources } from './sources.ts';

interface KeyInputs {
  parts: KeyParts;
  sources: Sources;
}

/** Computes what keys are made of; remembers sources, which many nodes share. */
export interface Keyer {
  sources(node: Node, backend?: BackendName): Promise<Sources>;
  parts(node: Node, backend: BackendName, inputs: Record<string, string>): Promise<KeyInputs>;
}

export function createKeyer(root: string): Keyer {
  const known = new Map<string, Promise<Sources>>();
  const sources = async (node: Node, backend?: BackendName): Promise<Sources> => {
    const exportName = await exportNameOf(node);
    const name = [node.module, exportName, backend].join(' ');
    const reading =
      known.get(name) ?? readSources(root, { module: node.module, exportName }, backend);
    known.set(name, reading);
    return reading;
  };
  return {
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

/** The name under which the node's module exports its function: the hashed code is the code that runs. */
async function exportNameOf(node: Node): Promise<string> {
  const exports = (await import(node.module)) as Record<string, unknown>;
  const found = Object.entries(exports).find(([, value]) => value === node.run);
  if (found) return found[0];
  throw new Error(
    `node ${node.id}: expected its run function among the exports of ${node.module}, got ` +
      `${Object.keys(exports).join(', ') || 'no exports'}; export the function from that module`,
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
