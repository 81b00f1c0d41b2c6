import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { runtimeRecord } from '../artifacts/artifact.ts';
import type { Preset } from '../artifacts/artifact.ts';
import { readIfThere, writeAtomic } from './files.ts';
import { canonicalJson, prettyJson, sha256, toJson } from './hash.ts';
import { lockPath } from './workspace.ts';
import type { Workspace } from './workspace.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** Everything that decides a node's result; its canonical JSON hashes to the node's key. */
const keyParts = z.strictObject({
  /** Hash of the bundled, normalised sources the node reaches; an index into the lock's `sources`. */
  sources: hash,
  parameters: z.json(),
  seed: z.int().nullable(),
  /** Keys of the inputs, by input name. */
  inputs: z.record(z.string(), hash),
  /** Versions of the numeric packages it reaches. */
  packages: z.record(z.string(), z.string()),
});
export type KeyParts = z.infer<typeof keyParts>;

const lockEntry = z.strictObject({
  parts: keyParts,
  /** sha256 of each output. */
  outputs: z.record(z.string(), hash),
  runtime: runtimeRecord,
  startedAt: z.string(),
  seconds: z.number(),
  commit: z.string(),
  dirty: z.boolean(),
});
export type LockEntry = z.infer<typeof lockEntry>;

const lock = z.strictObject({
  schema: z.literal(1),
  nodes: z.record(z.string(), lockEntry),
  /** Per file, the start of its normalised hash: tells `explain` which file changed. */
  sources: z.record(hash, z.record(z.string(), z.string())),
});
type Lock = z.infer<typeof lock>;

export const keyOf = (parts: KeyParts): string => sha256(canonicalJson(parts));

/** Records of finished nodes, by `<experiment>.<preset>/<node>`. */
export class LockFile {
  readonly #path: string;
  readonly #lock: Lock;

  private constructor(path: string, content: Lock) {
    this.#path = path;
    this.#lock = content;
  }

  static async open(workspace: Workspace, preset: Preset): Promise<LockFile> {
    const path = lockPath(workspace, preset);
    if (!(await readIfThere(path)))
      return new LockFile(path, { schema: 1, nodes: {}, sources: {} });
    try {
      return new LockFile(path, lock.parse(JSON.parse(await readFile(path, 'utf8'))));
    } catch (error) {
      const what = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      throw new Error(`${path}: expected a lock of schema 1, got\n${what}\nrestore it from git`, {
        cause: error,
      });
    }
  }

  get(id: string): LockEntry | undefined {
    return this.#lock.nodes[id];
  }

  ids(): string[] {
    return Object.keys(this.#lock.nodes);
  }

  filesOf(entry: LockEntry): Readonly<Record<string, string>> {
    return this.#lock.sources[entry.parts.sources] ?? {};
  }

  async set(id: string, entry: LockEntry, files: Readonly<Record<string, string>>): Promise<void> {
    this.#lock.nodes[id] = entry;
    this.#lock.sources[entry.parts.sources] = { ...files };
    await this.#save();
  }

  async #save(): Promise<void> {
    const used = new Set(Object.values(this.#lock.nodes).map(({ parts }) => parts.sources));
    const sorted = <T>(record: Record<string, T>): Record<string, T> =>
      Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    this.#lock.nodes = sorted(this.#lock.nodes);
    this.#lock.sources = sorted(
      Object.fromEntries(Object.entries(this.#lock.sources).filter(([name]) => used.has(name))),
    );
    await writeAtomic(this.#path, `${prettyJson(toJson(this.#lock))}\n`);
  }
}
