import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Repository } from './repository.ts';

const REPLAY = `
import { count } from './count.ts';
const decode = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
export async function replayCount(context, recorded) {
  const kept = await context.checkpoint.load();
  const none = { load: async () => undefined, save: async () => {} };
  const { 'state.bin': bytes } = await count({ ...context, checkpoint: none });
  const { 'state.bin': end } = await count(context);
  const [steps, there] = decode(recorded['state.bin']);
  const errors = [bytes, end].map((one) => Math.abs(decode(one)[1] / there - 1));
  const last = kept ? { last: steps - decode(kept)[0] } : {};
  const relativeError = Math.max(...errors);
  return { steps, of: steps, ...last, relativeError, ...(relativeError > 0 && { firstDifference: 5 }) };
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
  // The last state that is saved is not the end.
  repository.edit('src/count.ts', 'step % 5 === 0', 'step % 15 === 0');
  repository.edit(
    'experiments/counting.ts',
    "if (wants('total'))",
    "if (wants('total', artifact.provenance.inputs['count/1'].published['weights/' + id + '.' + preset + '/1.bin']))",
  );
  repository.edit(
    'experiments/counting.ts',
    'artifact: { id, preset, data }, read',
    'artifact, read',
  );
  repository.edit(
    'experiments/counting.ts',
    'let total = 0;',
    'let total = 0; const { id, preset, data } = artifact;',
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
    expect((await repository.lab(['gc'])).output).toContain('removed 0 files');
    respell(repository);
    commit(repository);
    expect(await statesOf(repository)).toBe('stale stale stale');
    const { code, output } = await repository.lab(['attest', '--jobs', '2']);
    expect([code, output]).toEqual([0, expect.stringContaining('2 attested, 0 refused')]);
    expect(await statesOf(repository)).toBe('fresh fresh fresh');
    const explained = await repository.lab(['explain', 'counting/count/1']);
    expect(explained.output).toMatch(
      /attested by [0-9a-f]{12}: the first 40 of 40 steps and the last 10 to the bit; its weights evaluated again to the bit/,
    );
    const other = await repository.lab(['explain', 'counting/count/2']);
    expect(other.output).toMatch(/the last 10 to the bit\n/);
    const artifact = repository.read('public/artifacts/counting.small.json');
    expect(artifact.match(/"attested"/g)).toHaveLength(2);
  });

  it('says no more than it found where the state before the last stretch is gone', async () => {
    const repository = await withResults();
    repository.remove('.lab/objects');
    respell(repository);
    commit(repository);
    expect((await repository.lab(['attest'])).output).toContain('2 attested, 0 refused');
    const { output } = await repository.lab(['explain', 'counting/count/2']);
    expect(output).toMatch(/: the first 40 of 40 steps to the bit\n/);
  });

  it('refuses where the committed weights do not evaluate to what is recorded', async () => {
    const repository = await withResults();
    respell(repository);
    repository.edit(
      'experiments/counting.ts',
      'total / data.total',
      '(1.001 * total) / data.total',
    );
    commit(repository);
    const { code, output } = await repository.lab(['attest']);
    expect(code).toBe(1);
    expect(output).toMatch(/count\/1.*its weights to give the recorded curves within 0.*1\.0e-3/);
    expect(output).toContain('1 attested, 1 refused');
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
    expect(output).toContain(
      'counting.small/count/2: another result of its code came out the same',
    );
    expect(await statesOf(repository)).toBe('fresh fresh fresh');
  });
});
