import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { runtimeRecord, seconds } from './artifact.ts';
import type { Preset } from './artifact.ts';
import { attestation } from './evidence.ts';
import { checkJson, parseJson } from './json.ts';
import type { About } from './json.ts';
import { sha256 } from './sha256.ts';

/** Folder of the records of committed results, from the repository's root: a file an artifact. */
export const RECORDS = 'lab.lock';

export const hashes = z.record(z.string(), sha256);

/** Everything that decides a node's result; its canonical JSON hashes to the node's key. */
const keyParts = z.strictObject({
  /** Hash of what its code means; an index into the file's `code`. */
  code: sha256,
  parameters: z.json(),
  seed: z.int().nullable(),
  /** sha256 of each output of each input: what was made again to the same bytes is the same input. */
  inputs: z.record(z.string(), hashes),
  /** sha256 of each declared file; null where it may be missing and was. */
  data: z.record(z.string(), sha256.nullable()),
  /** Numeric packages it reaches: version, and start of a hash of the installed code. */
  packages: z.record(z.string(), z.string()),
});
export type KeyParts = z.infer<typeof keyParts>;

export const recordedResult = z.strictObject({
  parts: keyParts,
  /** sha256 of each output. */
  outputs: hashes,
  /** sha256 of the last state saved on the way, which stays in the store: from it the last stretch is replayed. */
  lastState: sha256.optional(),
  /** sha256 of each committed file that was written of it, by path under `public/`; of an artifact, of the whole file. */
  published: hashes,
  runtime: runtimeRecord,
  startedAt: z.iso.datetime(),
  seconds,
  commit: z.string(),
  dirty: z.boolean(),
  /** What made it, as it was typed. */
  command: z.string(),
  /** Why it counts under a key that it was not made under. */
  attested: z.array(attestation).optional(),
  /** Code that made the same bytes of the same parameters, seed, inputs and data before. */
  reproduces: z.array(sha256).optional(),
});
/** How one node's result was made. */
export type RecordedResult = z.infer<typeof recordedResult>;

const recordFile = z.strictObject({
  schema: z.literal(2),
  /** By node id. */
  nodes: z.record(z.string(), recordedResult),
  /** Per file of code, the start of a hash of what was reached in it: tells `explain` which file changed. */
  code: z.record(sha256, z.record(z.string(), z.string())),
});
/** The nodes of one preset of an experiment. */
export type RecordFile = z.infer<typeof recordFile>;

/**
 * Reads the records of one preset.
 * @returns by artifact, `<experiment>.<preset>`; nothing where there is no such folder
 * @throws Error naming the file that does not hold records
 */
export function readRecords(folder: string, preset: Preset): Map<string, RecordFile> {
  const names = namesIn(folder).filter(
    (name) => name.endsWith(`.${preset}.json`) && !name.startsWith('.'),
  );
  return new Map(
    names.map((name) => [name.slice(0, -'.json'.length), readRecordFile(join(folder, name))]),
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

const about = (path: string): About => ({
  path,
  expected: 'records of schema 2',
  remedy: 'restore it from git',
});

function readRecordFile(path: string): RecordFile {
  if (!statSync(path).isFile())
    throw new Error(`${path}: expected records, got no regular file; restore it from git`);
  return parseJson(readFileSync(path, 'utf8'), recordFile, about(path));
}

/** @param where names the file in errors */
export const parseRecords = (json: unknown, where: string): RecordFile =>
  checkJson(json, recordFile, about(where));
