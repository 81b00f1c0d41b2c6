import type { ChildProcess } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Repository, finished } from './repository.ts';

const ARTIFACT = 'public/artifacts/counting.small.json';
/** Long between two steps: what is saved then is saved because of the signal. */
const SLOW = { DELAY: '400' };

const pidOf = (child: ChildProcess): number => child.pid as number;

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

/** The processes of a run that execute nodes. */
const workersOf = (pid: number): number[] =>
  childrenOf(pid).filter((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('worker.ts'),
  );

const dataOf = (repository: Repository): unknown =>
  (JSON.parse(repository.read(ARTIFACT)) as { data: unknown }).data;

async function unbroken(): Promise<unknown> {
  const repository = new Repository();
  await repository.lab(['run']);
  return dataOf(repository);
}

const checkpoints = (repository: Repository): string[] =>
  globSync(repository.path('.lab/checkpoints/*'));

/** Waits for a node to be under way, and removes the checkpoint that it made by itself. */
async function underWay(repository: Repository): Promise<void> {
  while (checkpoints(repository).length === 0) await sleep(20);
  checkpoints(repository).forEach((path) => rmSync(path));
}

const GROUP = (child: ChildProcess): number => -pidOf(child);
const WORKER = (child: ChildProcess): number => workersOf(pidOf(child))[0] as number;

describe('a signal saves a checkpoint, and the next run ends as an unbroken one', () => {
  it.each([
    ['SIGINT', 'the command', pidOf],
    ['SIGINT', 'its group', GROUP],
    ['SIGTERM', 'the command', pidOf],
    ['SIGTERM', 'its group', GROUP],
    ['SIGHUP', 'the command', pidOf],
    ['SIGHUP', 'its group', GROUP],
    ['SIGTERM', 'the worker', WORKER],
    ['SIGHUP', 'the worker', WORKER],
  ] as const)('%s to %s', async (signal, _, target) => {
    const [repository, whole] = [new Repository(), await unbroken()];
    const child = repository.spawn(['run', 'counting/count/1'], SLOW);
    const end = finished(child);
    await underWay(repository);
    process.kill(target(child), signal);
    const { code, output } = await end;
    expect(checkpoints(repository)).toHaveLength(1);
    expect(output).toContain('counting.small/count/1: stopped');
    expect(output).toContain('0 done, 0 failed, 1 not run');
    expect(code).toBe(130);
    const resumed = await repository.lab(['run']);
    expect(resumed.output).toContain('resumes from a checkpoint');
    expect(dataOf(repository)).toEqual(whole);
  });

  it('the same signal twice in a moment, as from a group and from npm', async () => {
    const repository = new Repository();
    const child = repository.spawn(['run', 'counting/count/1'], SLOW);
    const end = finished(child);
    await underWay(repository);
    process.kill(pidOf(child), 'SIGTERM');
    await sleep(50);
    process.kill(pidOf(child), 'SIGTERM');
    expect((await end).output).not.toContain('SIGKILL');
    expect(checkpoints(repository)).toHaveLength(1);
  });

  it('a worker that is told before it can listen was stopped, and did not fail', async () => {
    const repository = new Repository();
    const child = repository.spawn(['run', 'counting/count/1'], SLOW);
    const end = finished(child);
    while (workersOf(pidOf(child)).length === 0) await sleep(1);
    process.kill(WORKER(child), 'SIGTERM');
    expect(await end).toMatchObject({ code: 130 });
    expect((await end).output).toContain('0 done, 0 failed, 1 not run');
  });
});

it('a run whose standard error loses its reader goes on to its end', async () => {
  const [repository, whole] = [new Repository(), await unbroken()];
  const child = repository.spawn(['run'], { DELAY: '20' });
  const end = new Promise((done) => child.on('exit', done));
  await underWay(repository);
  child.stderr?.destroy();
  expect(await end).toBe(0);
  expect(dataOf(repository)).toEqual(whole);
});

it('a worker whose run was killed saves a checkpoint, though nobody hears what it prints', async () => {
  const repository = new Repository();
  repository.edit(
    'src/count.ts',
    'state = advance(state);',
    'state = advance(state); process.stderr.write(String(step));',
  );
  const child = repository.spawn(['run', 'counting/count/1'], SLOW);
  await underWay(repository);
  const worker = WORKER(child);
  child.stdout?.destroy();
  child.stderr?.destroy();
  process.kill(pidOf(child), 'SIGKILL');
  while (existsSync(`/proc/${worker}`)) await sleep(20);
  expect(checkpoints(repository)).toHaveLength(1);
});
