import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { differences } from './differences.ts';
import type { Difference } from './differences.ts';
import { rootFolder } from './folders.ts';

const execute = promisify(execFile);

const FOLDER = 'public/artifacts';
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

async function git(...options: string[]): Promise<string> {
  const { stdout } = await execute('git', options, { cwd: rootFolder, maxBuffer: 2 ** 28 });
  return stdout;
}

async function dataAt(commit: string, path: string): Promise<unknown> {
  const text = await git('show', `${commit}:${path}`).catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { data: unknown }).data;
}

async function fileChange(commit: string, path: string): Promise<Revision['files'][0]> {
  const [before, after] = await Promise.all([dataAt(`${commit}^`, path), dataAt(commit, path)]);
  const [id = '', preset = ''] = path.slice(FOLDER.length + 1).split('.');
  const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return { id, preset, kind, difference: differences(before, after) };
}

async function revision(record: string): Promise<Revision> {
  const [head = '', ...paths] = record.trim().split('\n').filter(Boolean);
  const [commit = '', date = '', subject = ''] = head.split('\t');
  const kept = paths.filter((path) => /\.(small|paper)\.json$/.test(path));
  const files = await Promise.all(kept.map((path) => fileChange(commit, path)));
  return { commit, date, subject, files };
}

/**
 * Which committed results changed in which commit, newest first.
 * @returns nothing outside of a git checkout
 */
export async function resultHistory(): Promise<History | undefined> {
  const shallow = await git('rev-parse', '--is-shallow-repository').catch(() => undefined);
  if (shallow === undefined) return undefined;
  const format = '--format=%x1e%H%x09%cI%x09%s';
  const log = await git('log', `-${DEPTH}`, format, '--name-only', '--no-renames', '--', FOLDER);
  const records = log.split('\u001E').filter((record) => record.trim() !== '');
  const revisions = await Promise.all(records.map(revision));
  return {
    complete: shallow.trim() !== 'true',
    revisions: revisions.filter(({ files }) => files.length > 0),
  };
}
