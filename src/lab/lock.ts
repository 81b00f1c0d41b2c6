import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { attestation, runtimeRecord } from '../artifacts/artifact.ts';
import type { Preset } from '../artifacts/artifact.ts';
import { writeAtomic } from './files.ts';
import { canonicalJson, prettyJson, sha256, toJson } from './hash.ts';
import { lockFolder } from './workspace.ts';
import type { Workspace } from './workspace.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const hashes = z.record(z.string(), hash);

/** Everything that decides a node's result; its canonical JSON hashes to the node's key. */
const keyParts = z.strictObject({
  /** Hash of what its code means; an index into the file's `code`. */
  code: hash,
  parameters: z.json(),
  seed: z.int().nullable(),
  /** sha256 of each output of each input: what was made again to the same bytes is the same input. */
  inputs: z.record(z.string(), hashes),
  /** sha256 of each declared file; null where it may be missing and was. */
  data: z.record(z.string(), hash.nullable()),
  /** Numeric packages it reaches: version, and start of a hash of the installed code. */
  packages: z.record(z.string(), z.string()),
});
export type KeyParts = z.infer<typeof keyParts>;

const lockEntry = z.strictObject({
  parts: keyParts,
  /** sha256 of each output. */
  outputs: hashes,
  /** sha256 of each committed file that was written of it, by path under `public/`; of an artifact, of the whole file. */
  published: hashes,
  runtime: runtimeRecord,
  startedAt: z.iso.datetime(),
  seconds: z.number().nonnegative(),
  commit: z.string(),
  dirty: z.boolean(),
  /** What made it, as it was typed. */
  command: z.string(),
  /** Why it counts under a key that it was not made under. */
  attested: z.array(attestation).optional(),
});
export type LockEntry = z.infer<typeof lockEntry>;

const lockFile = z.strictObject({
  schema: z.literal(2),
  /** By node id. */
  nodes: z.record(z.string(), lockEntry),
  /** Per file of code, the start of a hash of what was reached in it: tells `explain` which file changed. */
  code: z.record(hash, z.record(z.string(), z.string())),
});
type Content = z.infer<typeof lockFile>;

const EMPTY: Content = { schema: 2, nodes: {}, code: {} };

export const keyOf = (parts: KeyParts): string => sha256(canonicalJson(parts));

/** Records of finished nodes of one preset, a file an artifact: `<experiment>.<preset>.json`. */
export class LockFile {
  readonly #folder: string;
  /** By artifact. */
  readonly #files: Map<string, Content>;
  /** By key: the same result, whatever its node is called. */
  readonly #byKey = new Map<string, LockEntry>();

  private constructor(folder: string, files: Map<string, Content>) {
    this.#folder = folder;
    this.#files = files;
    for (const { nodes } of files.values())
      for (const entry of Object.values(nodes)) this.#byKey.set(keyOf(entry.parts), entry);
  }

  /** @throws Error naming the file that does not hold records */
  static open(workspace: Workspace, preset: Preset): Promise<LockFile> {
    const folder = lockFolder(workspace, preset);
    const files = new Map<string, Content>();
    for (const name of lockNames(folder, preset))
      files.set(name.slice(0, -'.json'.length), readContent(join(folder, name)));
    return Promise.resolve(new LockFile(folder, files));
  }

  get(id: string): LockEntry | undefined {
    const [artifact, node] = split(id);
    return this.#files.get(artifact)?.nodes[node];
  }

  /** The result of a key, whichever node of whichever experiment it was made for. */
  find(key: string): LockEntry | undefined {
    return this.#byKey.get(key);
  }

  /** Takes a result that was found under another name for the node's own, until its file is next written. */
  adopt(id: string, entry: LockEntry): void {
    const [artifact, node] = split(id);
    const { schema, nodes, code } = this.#files.get(artifact) ?? EMPTY;
    const files = { ...code, [entry.parts.code]: this.filesOf(entry) };
    this.#files.set(artifact, { schema, nodes: { ...nodes, [node]: entry }, code: files });
  }

  ids(): string[] {
    return [...this.#files].flatMap(([artifact, { nodes }]) =>
      Object.keys(nodes).map((node) => `${artifact}/${node}`),
    );
  }

  filesOf(entry: LockEntry): Readonly<Record<string, string>> {
    for (const { code } of this.#files.values()) {
      const found = code[entry.parts.code];
      if (found) return found;
    }
    return {};
  }

  /** Checks a record, keeps it and writes its file. @throws Error before anything is kept */
  async set(id: string, entry: LockEntry, files: Readonly<Record<string, string>>): Promise<void> {
    const [artifact, node] = split(id);
    const before = this.#files.get(artifact) ?? EMPTY;
    const nodes = sorted({ ...before.nodes, [node]: entry });
    const used = new Set(Object.values(nodes).map(({ parts }) => parts.code));
    const code = Object.fromEntries(
      Object.entries({ ...before.code, [entry.parts.code]: { ...files } }).filter(([name]) =>
        used.has(name),
      ),
    );
    const path = join(this.#folder, `${artifact}.json`);
    const content = parseContent({ schema: 2, nodes, code: sorted(code) }, `${path}: ${node}`);
    await writeAtomic(path, `${prettyJson(toJson(content))}\n`);
    this.#files.set(artifact, content);
    this.#byKey.set(keyOf(entry.parts), entry);
  }
}

const split = (id: string): [string, string] => {
  const slash = id.indexOf('/');
  return [id.slice(0, slash), id.slice(slash + 1)];
};

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Names of the files in a lock's folder that hold records of a preset. */
export function lockNames(folder: string, preset: Preset): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(`.${preset}.json`) && !name.startsWith('.'))
      .toSorted();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function readContent(path: string): Content {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path}: expected records, got ${String(error)}; restore it from git`, {
      cause: error,
    });
  }
  return parseContent(json, path);
}

function parseContent(json: unknown, where: string): Content {
  const result = lockFile.safeParse(json);
  if (result.success) return result.data;
  throw new Error(
    `${where}: expected records of schema 2, got\n${z.prettifyError(result.error)}\nrestore it from git`,
  );
}
