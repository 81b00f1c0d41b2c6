import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Repository } from './repository.ts';

const REPLAY = `
import { count } from './count.ts';
const decode = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
export async function replayCount(context, recorded) {
  const { 'state.bin': bytes } = await count(context);
  const [, here] = decode(bytes);
  const [steps, there] = decode(recorded['state.bin']);
  const relativeError = Math.abs(here / there - 1);
  return { steps, of: steps, relativeError, ...(here !== there && { firstDifference: 5 }) };
}
`;

function commit(repository: Repository): void {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd: repository.root,
      stdio: 'pipe',
    });
  git('init', '--quiet');
  git('add', 'src', 'experiments', 'package.json');
  git('commit', '--quiet', '--allow-empty', '-m', 'now');
}

/** A repository with results, whose nodes can be replayed. */
async function withResults(): Promise<Repository> {
  const repository = new Repository();
  repository.write('src/replay.ts', REPLAY);
  repository.edit('experiments/counting.ts', 'run: count,', 'run: count, replay: replayCount,');
  repository.edit(
    'experiments/counting.ts',
    'import { add }',
    "import { replayCount } from '../src/replay.ts';\nimport { add }",
  );
  commit(repository);
  await repository.lab(['run']);
  return repository;
}

async function statesOf(repository: Repository): Promise<string> {
  const { output } = await repository.lab(['status', '--preset', 'small', '--json']);
  return (JSON.parse(output) as { state: string }[]).map(({ state }) => state).join(' ');
}

/** Another meaning of the code, of the same results. */
const respell = (repository: Repository): void =>
  repository.edit('src/advance.ts', '(Math.imul', '(0 + Math.imul');

describe('lab attest', () => {
  it('keeps results that code of another meaning computes again, with the evidence', async () => {
    const repository = await withResults();
    respell(repository);
    commit(repository);
    expect(await statesOf(repository)).toBe('stale stale stale');
    const { code, output } = await repository.lab(['attest', '--jobs', '2']);
    expect([code, output]).toEqual([0, expect.stringContaining('2 attested, 0 refused')]);
    expect(await statesOf(repository)).toBe('fresh fresh fresh');
    const explained = await repository.lab(['explain', 'counting/count/1']);
    expect(explained.output).toMatch(/attested by [0-9a-f]{12}: 40 of 40 steps, off by 0/);
    const artifact = repository.read('public/artifacts/counting.small.json');
    expect(artifact.match(/"attested"/g)).toHaveLength(2);
  });

  it('refuses code that computes something else, and names the step', async () => {
    const repository = await withResults();
    repository.edit('src/advance.ts', '1013904223', '1013904224');
    commit(repository);
    const { code, output } = await repository.lab(['attest']);
    expect(code).toBe(1);
    expect(output).toMatch(/count\/1.*expected the same bits, got .* the first is at step 5/);
    expect(await statesOf(repository)).toBe('stale stale stale');
  });

  it('refuses another question', async () => {
    const repository = await withResults();
    repository.edit('experiments/counting.ts', 'small: { steps: 40 }', 'small: { steps: 41 }');
    commit(repository);
    const { code, output } = await repository.lab(['attest']);
    expect([code, output]).toEqual([
      1,
      expect.stringContaining('its parameters changed: run it again'),
    ]);
  });

  it('wants a commit to name', async () => {
    const repository = await withResults();
    respell(repository);
    const { code, output } = await repository.lab(['attest']);
    expect([code, output]).toEqual([1, expect.stringContaining('got uncommitted changes')]);
  });

  it('sparing, lets one speak for the others of its code, and says so', async () => {
    const repository = await withResults();
    respell(repository);
    commit(repository);
    const { output } = await repository.lab(['attest', '--sparing']);
    expect(output).toContain('counting.small/count/2: 1 results of its code came out the same');
    expect(await statesOf(repository)).toBe('fresh fresh fresh');
  });
});
