import { join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { RuntimeRecord } from '../artifacts/artifact.ts';
import type { WasmVariant } from '../kernels/wasm/features.ts';
import type { BackendName } from '../runtime/runtime.ts';
import { readIfThere, writeAtomic } from './files.ts';
import { sha256 } from './hash.ts';
import { loadKernels } from './kernels.ts';
import { createReader, isImplementation, modulesIn } from './meaning/meaning.ts';
import type { Entry } from './meaning/meaning.ts';
import { identify } from './packages.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const PATH = join(PROJECT, 'src', 'kernels', 'proven.json');

/** The packages that compute stock operations. */
export const BACKEND_PACKAGES: Readonly<Record<BackendName, readonly string[]>> = {
  webgpu: ['@tensorflow/tfjs-backend-webgpu', 'webgpu'],
  wasm: ['@tensorflow/tfjs-backend-wasm'],
  cpu: ['@tensorflow/tfjs-backend-cpu'],
  tensorflow: [],
};

/** Where the code of an implementation begins: what opens the device and what registers operations on it. */
const BEGINNINGS: Readonly<Record<BackendName, readonly [module: string, exportName: string][]>> = {
  webgpu: [['kernels/webgpu/register.ts', 'registerWebgpuKernels']],
  wasm: [
    ['kernels/wasm/register.ts', 'registerWasm'],
    ['kernels/wasm/features.ts', 'wasmVariant'],
  ],
  cpu: [],
  tensorflow: [],
};

const known = new Map<BackendName, Promise<string>>();

/**
 * Names what computes operations on a backend: start of a hash of the compiled kernels, of the code that dispatches
 * them and opens the device, and of the backend's packages. Keys leave all of that out.
 */
export function implementationOf(backend: BackendName): Promise<string> {
  const found = known.get(backend) ?? hashImplementation(backend);
  known.set(backend, found);
  return found;
}

async function hashImplementation(backend: BackendName): Promise<string> {
  const reader = createReader(PROJECT, true);
  const beginnings = [['runtime/node.ts', 'openRuntime'] as const, ...BEGINNINGS[backend]];
  const entries = beginnings.map(([path, exportName]) => entryAt(path, exportName));
  const { hash } = reader.meaningOf([...entries, ...usedBy(backend)]);
  const binaries = backend === 'wasm' ? await Promise.all(VARIANTS.map(compiledHash)) : [];
  const packages = BACKEND_PACKAGES[backend].map((name) => identify(PROJECT, name));
  return sha256([hash, ...binaries, ...packages].join('\n')).slice(0, 16);
}

const entryAt = (path: string, exportName: string): Entry => ({
  module: pathToFileURL(join(PROJECT, 'src', path)).href,
  exportName,
});

/** Of an implementation, what code imports whose keys leave it out, such as the replay of a training's commands. */
function usedBy(backend: BackendName): Entry[] {
  const reader = createReader(PROJECT);
  const users = ['training', 'models', 'kernels'].flatMap((folder) =>
    modulesIn(join(PROJECT, 'src', folder)),
  );
  const used = users.filter((path) => !isImplementation(path)).flatMap(reader.importsOf);
  return used
    .filter(({ module }) => isImplementation(fileURLToPath(module)))
    .filter(({ module }) => relative(PROJECT, fileURLToPath(module)).includes(`/${backend}`));
}

const VARIANTS: readonly WasmVariant[] = ['relaxed', 'simd'];

const compiledHash = async (variant: WasmVariant): Promise<string> =>
  sha256(await loadKernels(variant));

const proof = z.strictObject({
  implementation: z.string().regex(/^[0-9a-f]{16}$/),
  backend: z.enum(['webgpu', 'wasm', 'tensorflow', 'cpu']),
  /** Devices on which it was proven. */
  adapters: z.array(z.string()),
  /** Golden cases and tests that passed. */
  cases: z.int().positive(),
  tests: z.int().nonnegative(),
  /** Largest relative error of a golden case. */
  relativeError: z.number().nonnegative(),
  commit: z.string(),
  at: z.iso.datetime(),
  /** Why nothing that it made counts any more. */
  revoked: z.string().optional(),
});
export type Proof = z.infer<typeof proof>;

/** The implementations that passed all golden cases and the kernels' tests, oldest first. */
export async function readProofs(): Promise<Proof[]> {
  const file = await readIfThere(PATH);
  if (!file) return [];
  try {
    return z.array(proof).parse(JSON.parse(file.toString('utf8')));
  } catch (error) {
    const what = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(
      `${PATH}: expected a list of proven implementations, got\n${what}\nrestore it from git`,
      {
        cause: error,
      },
    );
  }
}

export async function writeProofs(proofs: readonly Proof[]): Promise<void> {
  await writeAtomic(PATH, `${JSON.stringify(z.array(proof).parse(proofs), null, 2)}\n`);
}

/** Enters a proof; of the same implementation, adapters add up and a revocation stays. */
export async function recordProof(
  added: Omit<Proof, 'adapters'> & { adapter: string },
): Promise<Proof> {
  const { adapter, ...rest } = added;
  const proofs = await readProofs();
  const before = proofs.find(({ implementation }) => implementation === rest.implementation);
  const adapters = [...new Set([...(before?.adapters ?? []), adapter])].toSorted();
  const entered = { ...before, ...rest, adapters };
  await writeProofs([...proofs.filter((other) => other !== before), entered]);
  return entered;
}

/** Judges whether results of an implementation count. */
export interface Judge {
  /** Why a recorded result does not count, or may not now that the kernels are others; undefined where it does. */
  objection(runtime: RuntimeRecord): Promise<string | undefined>;
}

const PROVE = 'npm run lab -- parity --record';

export function createJudge(): Judge {
  const proofs = readProofs();
  const find = async (implementation: string): Promise<Proof | undefined> =>
    (await proofs).find((each) => each.implementation === implementation);
  return {
    async objection({ backend, implementation }) {
      if (implementation === undefined) return undefined;
      const [made, here] = [await find(implementation), await implementationOf(backend)];
      if (made?.revoked !== undefined)
        return `its implementation ${implementation} was revoked: ${made.revoked}`;
      if (!made)
        return `its implementation ${implementation} is not proven: ${PROVE} where it was made`;
      if (await find(here)) return undefined;
      return `operations on ${backend} are computed by ${here} now, which is not proven: ${PROVE}`;
    },
  };
}

/** @throws Error where results of what computes here would not count */
export async function expectProven(backend: BackendName, implementation: string): Promise<void> {
  const found = (await readProofs()).find((each) => each.implementation === implementation);
  if (found && found.revoked === undefined) return;
  throw new Error(
    `${backend}: expected operations that are proven, got implementation ${implementation}, which is ` +
      `${found ? `revoked (${found.revoked})` : 'not'}; ${PROVE} checks it, or use --preset smoke`,
  );
}
