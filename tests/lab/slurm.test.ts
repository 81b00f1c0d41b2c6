import { globSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TestContext } from 'vitest';
import type { Resources } from '../../src/lab/experiment.ts';
import type { PlannedNode } from '../../src/lab/plan.ts';
import { arraysOf, describeArrays } from '../../src/lab/slurm/arrays.ts';
import { resourceOptions } from '../../src/lab/slurm/commands.ts';
import { Repository, finished } from './repository.ts';
import { SlurmCluster, missingForSlurm } from './slurm-cluster.ts';

const planned = (id: string, inputs: PlannedNode[] = [], resources: Resources = {}): PlannedNode =>
  ({
    id,
    node: { resources },
    inputs: Object.fromEntries(inputs.map((input) => [input.id, input])),
  }) as unknown as PlannedNode;

describe('array jobs', () => {
  it('pair a node with its one input, and join the others after all ends', () => {
    const [a, b] = [planned('a', [], { gpus: 1 }), planned('b', [], { gpus: 1 })];
    const [evalA, probeA, evalB] = [
      planned('eval a', [a]),
      planned('probe a', [a]),
      planned('eval b', [b]),
    ];
    const all = planned('all', [evalA, evalB, a]);
    const other = planned('other');
    const arrays = arraysOf([a, evalA, probeA, b, evalB, all, other]);
    const described = arrays.map(({ tasks, resources, after }) => ({
      tasks: [...tasks].map(([index, { id }]) => `${index} ${id}`),
      gpus: resources.gpus ?? 0,
      after: after.arrays.map((array) => arrays.indexOf(array)),
      each: after.each,
    }));
    expect(described).toEqual([
      { tasks: ['0 a', '1 b'], gpus: 1, after: [], each: false },
      { tasks: ['0 eval a', '1 eval b'], gpus: 0, after: [0], each: true },
      { tasks: ['0 probe a'], gpus: 0, after: [0], each: true },
      { tasks: ['0 all'], gpus: 0, after: [1, 0], each: false },
      { tasks: ['0 other'], gpus: 0, after: [], each: false },
    ]);
  });

  it('stay below the size that Slurm allows', () => {
    const arrays = arraysOf(Array.from({ length: 2500 }, (_, i) => planned(String(i))));
    expect(arrays.map(({ tasks }) => tasks.size)).toEqual([1000, 1000, 500]);
  });

  it('ask for what their nodes need', () => {
    expect(resourceOptions({ gpus: 2, cpus: 4, memoryGb: 16, minutes: 90 })).toEqual([
      '--gres=gpu:2',
      '--cpus-per-task=4',
      '--mem=16G',
      '--time=90',
    ]);
    expect(resourceOptions({})).toEqual([]);
  });

  it('are told in words before anything is sent', async () => {
    const training = { gpus: 1, cpus: 2, memoryGb: 8, minutes: 1440 };
    const trainings = ['a', 'b'].map((id) => planned(id, [], training));
    const evaluations = trainings.map((made) => planned(`eval ${made.id}`, [made], { cpus: 1 }));
    const all = planned('all', evaluations);
    expect(describeArrays(arraysOf([...trainings, ...evaluations, all])).slice(1)).toEqual([
      ['1', 'a and 1 more', '1 GPU, 2 cores, 8 GB, 24 h 00 min', ''],
      ['2', 'eval a and 1 more', '1 core', 'each after its own of 1'],
      ['3', 'all', "the cluster's defaults", 'after all of 2'],
    ]);
    const { output } = await new Repository().lab([...SLURM, '--dry-run']);
    expect(output).toMatch(/^1 +counting\.small\/count\/1 and 1 more +the cluster's defaults$/m);
    expect(output).toMatch(/^2 +counting\.small\/add +the cluster's defaults +after all of 1$/m);
  });
});

const ARTIFACT = 'public/artifacts/counting.small.json';
const SLURM = ['run', '--executor', 'slurm'];

const dataOf = (repository: Repository): unknown =>
  (JSON.parse(repository.read(ARTIFACT)) as { data: unknown }).data;

const outputsOf = (repository: Repository): unknown =>
  [
    ...repository
      .read('lab.lock/counting.small.json')
      .matchAll(/"(?:data\.json|state\.bin)": "\w+"/g),
  ].map(String);

async function unbroken(): Promise<Repository> {
  const repository = new Repository();
  await repository.lab(['run']);
  return repository;
}

async function clusterOr({ skip }: TestContext): Promise<SlurmCluster> {
  const missing = missingForSlurm();
  if (missing !== undefined) skip(missing);
  const cluster = await SlurmCluster.start();
  onTestFinished(() => cluster.stop());
  return cluster;
}

describe('lab run --executor slurm', () => {
  it('makes on two nodes what the local executor makes', async (context) => {
    const cluster = await clusterOr(context);
    const [here, there] = [await unbroken(), new Repository()];
    const { code, output } = await there.lab(SLURM, cluster.env);
    expect(output).toContain('sent 3 nodes as 2 array jobs');
    expect(output).toContain('3 done, 0 failed, 0 not run');
    expect(code).toBe(0);
    expect(dataOf(there)).toEqual(dataOf(here));
    expect(outputsOf(there)).toEqual(outputsOf(here));
    expect((await there.lab(SLURM, cluster.env)).output).toContain('nothing to run');
  });

  it('survives a killed job and a lost node', async (context) => {
    const cluster = await clusterOr(context);
    const [here, there] = [await unbroken(), new Repository()];
    const child = there.spawn(SLURM, { ...cluster.env, DELAY: '500' });
    const end = finished(child);
    while (globSync(there.path('.lab/checkpoints/*')).length < 2) await sleep(50);
    for (const pid of cluster.tasksOn('n1')) process.kill(pid, 'SIGKILL');
    cluster.lose('n2');
    const hurry = setInterval(() => cluster.hurry(), 1000);
    onTestFinished(() => clearInterval(hurry));
    const { code, output } = await end;
    expect(output).toContain('its job was killed or lost; it is sent again');
    expect(output).toContain('3 done, 0 failed, 0 not run');
    expect(code).toBe(0);
    expect(dataOf(there)).toEqual(dataOf(here));
    expect(outputsOf(there)).toEqual(outputsOf(here));
  });

  it('goes on with independent nodes after a failure', async (context) => {
    const cluster = await clusterOr(context);
    const repository = new Repository();
    const { code, output } = await repository.lab(SLURM, { ...cluster.env, FAIL_SEED: '1' });
    expect(output).toContain('1 done, 1 failed, 1 not run');
    expect(output).toMatch(/failed +counting\.small\/count\/1 +Error: told to fail/);
    expect(code).toBe(1);
  });

  it('says what is missing where there is no Slurm', async () => {
    const { code, output } = await new Repository().lab(SLURM, { PATH: '/nowhere' });
    expect(output).toMatch(/slurm: expected the command squeue, got none; run this where Slurm/);
    expect(code).toBe(1);
  });
});
