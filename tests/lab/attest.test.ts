import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { RecordFile } from '../../src/artifacts/records.ts';
import { Repository } from './repository.ts';

const RECORDS = 'lab.lock/counting.small.json';

const REPLAY = `
import { count } from './count.ts';
const decode = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
export async function replayCount(context, recorded, kept) {
  const { 'state.bin': bytes } = await count(context);
  const load = async () => kept;
  const { 'state.bin': end } = await count({ ...context, checkpoint: { ...context.checkpoint, load } });
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

const statesOf = async (repository: Repository): Promise<string> =>
  (await repository.status()).map(({ state }) => state).join(' ');

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
      /attested: code of [0-9a-f]{7} computed the first 40 of 40 steps and the last 10 again, to the bit, and evaluated its weights to the same curves, to the bit\n/,
    );
    const other = await repository.lab(['explain', 'counting/count/2']);
    expect(other.output).toMatch(/the last 10 again, to the bit\n/);
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
    expect(output).toMatch(/computed the first 40 of 40 steps again, to the bit\n/);
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

  it('wants the bits of an implementation that has repeated them before, of others the spread', async () => {
    const repository = await withResults();
    respell(repository);
    repository.edit('src/replay.ts', 'Math.max(...errors)', 'Math.max(...errors, 0.001)');
    commit(repository);
    const records = JSON.parse(repository.read(RECORDS)) as RecordFile;
    const [one, two] = ['count/1', 'count/2'].map((id) => records.nodes[id]!);
    const { adapter } = one!.runtime;
    Object.assign(one!.runtime, { implementation: 'a'.repeat(16) });
    Object.assign(two!.runtime, { implementation: 'b'.repeat(16) });
    const { code } = one!.parts;
    const at = '2026-01-01T00:00:00Z';
    one!.attested = [{ commit: '', at, code, steps: 40, of: 40, relativeError: 0, adapter }];
    repository.write(RECORDS, JSON.stringify(records));
    const { output } = await repository.lab(['attest']);
    expect(output).toMatch(/count\/1: refused: expected the same bits, got .* of 1\.0e-3/);
    expect(output).toMatch(
      /count\/2: code of .* steps and the last 10 again, off by 1\.0e-3 at most/,
    );
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
    expect(output).toMatch(/count\/2: code of [0-9a-f]{7} gave others of the same code again/);
    expect(await statesOf(repository)).toBe('fresh fresh fresh');
  });
});
