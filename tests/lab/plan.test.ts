import { renameSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Repository } from './repository.ts';

const statesOf = async (repository: Repository): Promise<string[]> =>
  (await repository.status()).map(({ id, state }) => `${id} ${state}`);

describe('results are found by key', () => {
  it('whatever their experiment and nodes are called', async () => {
    const repository = new Repository();
    await repository.lab(['run']);
    renameSync(
      repository.path('experiments/counting.ts'),
      repository.path('experiments/summing.ts'),
    );
    repository.edit('experiments/summing.ts', "id: 'counting'", "id: 'summing'");
    repository.edit('experiments/summing.ts', "id: 'count/'", "id: 'tally/'");
    repository.edit('experiments/summing.ts', 'weights/counting.', 'weights/summing.');
    expect(await statesOf(repository)).toEqual([
      'summing.small/tally/1 fresh',
      'summing.small/tally/2 fresh',
      'summing.small/add fresh',
    ]);
    const { output } = await repository.lab(['run'], { FAIL_SEED: '1' });
    expect(output).toContain('nothing to run');
    expect(repository.read('public/artifacts/summing.small.json')).toContain('"id": "summing"');
  });

  it('in every experiment that asks for the same', async () => {
    const repository = new Repository();
    repository.write(
      'experiments/again.ts',
      repository.read('experiments/counting.ts').replaceAll('counting', 'again'),
    );
    const { output } = await repository.lab(['run', '--jobs', '2']);
    expect(output.match(/: starts/g)).toHaveLength(3);
    expect(output.match(/made already, for another node/g)).toHaveLength(3);
    expect(await statesOf(repository)).toEqual([
      'again.small/count/1 fresh',
      'again.small/count/2 fresh',
      'again.small/add fresh',
      'counting.small/count/1 fresh',
      'counting.small/count/2 fresh',
      'counting.small/add fresh',
    ]);
  });

  it('and what is made again to the same bytes makes nothing stale', async () => {
    const repository = new Repository();
    await repository.lab(['run']);
    repository.edit('src/advance.ts', '(Math.imul', '(0 + Math.imul');
    expect(await statesOf(repository)).toEqual([
      'counting.small/count/1 stale',
      'counting.small/count/2 stale',
      'counting.small/add stale',
    ]);
    const { output } = await repository.lab(['run']);
    expect(output).toContain('counting.small/add: its inputs came out as they were');
    expect((await statesOf(repository)).every((row) => row.endsWith('fresh'))).toBe(true);
  });
});

describe('status and explain', () => {
  it('say which file, parameter and input changed', async () => {
    const repository = new Repository();
    await repository.lab(['run']);
    repository.edit('src/advance.ts', '1664525', '1664527');
    repository.edit('experiments/counting.ts', 'small: { steps: 40 }', 'small: { steps: 41 }');
    const { output } = await repository.lab(['explain', 'counting']);
    expect(output).toContain('code: src/advance.ts changed');
    expect(output).toContain('parameters.steps: 40 → 41');
    expect(output).toContain('2 inputs are stale: count/1, count/2');
    const json = await repository.lab(['status', '--preset', 'small', '--json']);
    const rows = JSON.parse(json.output) as { id: string; state: string }[];
    expect(rows.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'counting.small/count/1 stale',
      'counting.small/count/2 stale',
      'counting.small/add stale',
    ]);
  });

  it('say of a list what came and went, on a line that a terminal can hold', async () => {
    const repository = new Repository();
    const list = (...runs: string[]): string =>
      `parameters: { runs: [${runs.map((run) => `{ run: '${run.padEnd(400)}' }`).join()}] }, inputs`;
    repository.edit('experiments/counting.ts', 'parameters: {}, inputs', list('a', 'b'));
    await repository.lab(['run']);
    repository.edit('experiments/counting.ts', list('a', 'b'), list('a', 'b', 'c'));
    const grown = await repository.lab(['run', '--dry-run']);
    expect(grown.output).toContain('parameters.runs: 2 → 3 items, 1 of them new, 0 gone');
    repository.edit('experiments/counting.ts', list('a', 'b', 'c'), list('a', 'x'));
    const altered = await repository.lab(['run', '--dry-run']);
    expect(altered.output).toContain('parameters.runs[1].run: "b   ');
    for (const line of altered.output.split('\n')) expect(line.length).toBeLessThan(120);
    const whole = await repository.lab(['explain', 'counting/add']);
    expect(whole.output).toMatch(/runs\[1\]\.run: "b {399}" → "x {399}"/);
  });

  it('refuse a node whose function its module does not export', async () => {
    const repository = new Repository();
    repository.edit('experiments/counting.ts', "module('count.ts')", "module('add.ts')");
    const { code, output } = await repository.lab(['run']);
    expect(code).toBe(1);
    expect(output).toMatch(/node count\/1: expected its code among the exports of .*add\.ts/);
  });
});

it('a node that reads a seed without one of its own fails: no default is in its key', async () => {
  const repository = new Repository();
  repository.edit('experiments/counting.ts', '        seed,\n', '');
  const { code, output } = await repository.lab(['run']);
  expect(output).toContain('node count/1: expected a seed, got none; declare it');
  expect(code).toBe(1);
});
