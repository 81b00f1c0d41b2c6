import { join } from 'node:path';
import type { Preset } from '../artifacts/artifact.ts';
import { parseRecords, readRecords } from '../artifacts/records.ts';
import type { KeyParts, RecordFile, RecordedResult } from '../artifacts/records.ts';
import { writeAtomic } from './files.ts';
import { canonicalJson, prettyJson, sha256, toJson } from './hash.ts';
import { lockFolder } from './workspace.ts';
import type { Workspace } from './workspace.ts';

export type { KeyParts } from '../artifacts/records.ts';
export type LockEntry = RecordedResult;

const EMPTY: RecordFile = { schema: 2, nodes: {}, code: {} };

/** In the order in which a node finds them: who walks over its parameters sees another order. */
export const keyOf = (parts: KeyParts): string => sha256(JSON.stringify(toJson(parts)));

/** Hashes of what the store keeps of a result. */
export const objectsOf = ({ outputs, lastState }: LockEntry): string[] => [
  ...Object.values(outputs),
  ...(lastState === undefined ? [] : [lastState]),
];

/** Records of finished nodes of one preset, a file an artifact: `<experiment>.<preset>.json`. */
export class LockFile {
  readonly #folder: string;
  /** By artifact. */
  readonly #files: Map<string, RecordFile>;
  /** By key: the same result, whatever its node is called. */
  readonly #byKey = new Map<string, LockEntry>();
  #written: Promise<void> = Promise.resolve();

  private constructor(folder: string, files: Map<string, RecordFile>) {
    this.#folder = folder;
    this.#files = files;
    for (const { nodes } of files.values())
      for (const entry of Object.values(nodes)) this.#byKey.set(keyOf(entry.parts), entry);
  }

  /** @throws Error naming the file that does not hold records */
  static open(workspace: Workspace, preset: Preset): Promise<LockFile> {
    const folder = lockFolder(workspace, preset);
    return Promise.resolve(new LockFile(folder, readRecords(folder, preset)));
  }

  get(id: string): LockEntry | undefined {
    const [artifact, node] = split(id);
    return this.#files.get(artifact)?.nodes[node];
  }

  /** The result of a key, whichever node of whichever experiment it was made for. */
  find(key: string): LockEntry | undefined {
    return this.#byKey.get(key);
  }

  /** Every result whose code has this hash. */
  ofCode(code: string): LockEntry[] {
    return [...this.#byKey.values()].filter(({ parts }) => parts.code === code);
  }

  /**
   * Takes a result that was found under another name for the node's own, until its file is next written. What was
   * committed of the same bytes under its own name stays so.
   */
  adopt(id: string, entry: LockEntry): void {
    const [artifact, node] = split(id);
    const { schema, nodes, code } = this.#files.get(artifact) ?? EMPTY;
    const files = { ...code, [entry.parts.code]: this.filesOf(entry) };
    const before = nodes[node];
    const same = before && canonicalJson(before.outputs) === canonicalJson(entry.outputs);
    const own = same ? { ...entry, published: before.published } : entry;
    this.#files.set(artifact, { schema, nodes: { ...nodes, [node]: own }, code: files });
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

  /**
   * Checks a record, keeps it and writes its file, one after the other: a file holds what came before.
   * @throws Error before anything is kept
   */
  set(id: string, entry: LockEntry, files: Readonly<Record<string, string>>): Promise<void> {
    const written = this.#written.then(() => this.#write(id, entry, files));
    this.#written = written.catch(() => {});
    return written;
  }

  async #write(
    id: string,
    entry: LockEntry,
    files: Readonly<Record<string, string>>,
  ): Promise<void> {
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
    const content = parseRecords({ schema: 2, nodes, code: sorted(code) }, `${path}: ${node}`);
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
