import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { differences } from './differences.ts';
import type { Difference } from './differences.ts';

const execute = promisify(execFile);

const FOLDER = 'artifacts';
/** Commits looked at: enough for a reader, and little enough for a build. */
const DEPTH = 20;

export interface Revision {
  commit: string;
  /** ISO 8601. */
  date: string;
  subject: string;
  files: {
    id: string;
    preset: string;
    kind: 'added' | 'removed' | 'changed';
    difference: Difference;
  }[];
}

interface History {
  /** Whether the checkout holds all commits. */
  complete: boolean;
  revisions: Revision[];
}

type Git = (...options: string[]) => Promise<string>;

const gitIn =
  (folder: string): Git =>
  async (...options) => {
    const { stdout } = await execute('git', options, { cwd: folder, maxBuffer: 2 ** 28 });
    return stdout;
  };

async function dataAt(git: Git, commit: string, path: string): Promise<unknown> {
  const text = await git('show', `${commit}:./${path}`).catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { data: unknown }).data;
}

async function fileChange(git: Git, commit: string, path: string): Promise<Revision['files'][0]> {
  const [before, after] = await Promise.all([
    dataAt(git, `${commit}^`, path),
    dataAt(git, commit, path),
  ]);
  const [id = '', preset = ''] = path.slice(FOLDER.length + 1).split('.');
  const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return { id, preset, kind, difference: differences(before, after) };
}

async function revision(git: Git, record: string): Promise<Revision> {
  const [head = '', ...paths] = record.trim().split('\n').filter(Boolean);
  const [commit = '', date = '', subject = ''] = head.split('\t');
  const kept = paths.filter((path) => path.endsWith('.json') && !path.endsWith('.smoke.json'));
  const files = await Promise.all(kept.map((path) => fileChange(git, commit, path)));
  return { commit, date, subject, files };
}

/** Commits whose parents a shallow clone leaves out: what they changed cannot be told. */
async function cutOff(git: Git, folder: string): Promise<string[]> {
  const path = (await git('rev-parse', '--git-path', 'shallow')).trim();
  const text = await readFile(resolve(folder, path), 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean);
}

/**
 * Which committed results changed in which commit, newest first.
 * @param folder that holds `artifacts/`, in a checkout
 * @returns nothing outside of a git checkout
 */
export async function resultHistory(folder: string): Promise<History | undefined> {
  const git = gitIn(folder);
  const shallow = await git('rev-parse', '--is-shallow-repository').catch(() => undefined);
  if (shallow === undefined) return undefined;
  const head = await git('rev-parse', '--verify', '--quiet', 'HEAD').catch(() => undefined);
  if (head === undefined) return { complete: true, revisions: [] };
  const format = '--format=%x1e%H%x09%cI%x09%s';
  const log = await git(
    'log',
    `-${DEPTH}`,
    format,
    '--name-only',
    '--relative',
    '--no-renames',
    '--',
    FOLDER,
  );
  const records = log.split('\u001E').filter((record) => record.trim() !== '');
  const unknown = await cutOff(git, folder);
  const revisions = await Promise.all(records.map((record) => revision(git, record)));
  return {
    complete: shallow.trim() !== 'true',
    revisions: revisions.filter(
      ({ commit, files }) => files.length > 0 && !unknown.includes(commit),
    ),
  };
}
