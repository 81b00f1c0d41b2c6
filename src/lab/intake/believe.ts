import type { Preset } from '../../artifacts/artifact.ts';
import { decode } from '../../numerics/safetensors.ts';
import { readIfThere } from '../files.ts';
import { LockFile } from '../lock.ts';
import { objectPath } from '../store.ts';
import type { Workspace } from '../workspace.ts';
import { fail } from './limits.ts';

/**
 * Reads all weights that came along: a hash only says that they are those of the lock beside them.
 * @throws Error where any is not safetensors with finite numbers
 */
export async function checkWeights(from: Workspace, preset: Preset): Promise<void> {
  const lock = await LockFile.open(from, preset);
  for (const id of lock.ids()) {
    for (const [name, hash] of Object.entries(lock.get(id)?.outputs ?? {})) {
      if (!name.endsWith('.safetensors')) continue;
      const bytes = await readIfThere(objectPath(from, hash));
      const fault = bytes && faultOf(bytes);
      if (fault !== undefined)
        fail(`weights in output ${name} of ${id}`, fault, 'nothing was taken; send it again');
    }
  }
}

function faultOf(bytes: Uint8Array): string | undefined {
  try {
    const tensors = Object.entries(decode(bytes));
    const broken = tensors.find(([, { values }]) => !values.every(Number.isFinite));
    return broken && `numbers in ${broken[0]} that are not finite`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
