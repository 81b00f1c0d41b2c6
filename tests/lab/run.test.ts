import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { finished, Repository } from './repository.ts';

const ARTIFACT = 'public/artifacts/counting.small.json';

interface ArtifactJson {
  data: { total: number };
  provenance: { seeds: number[]; inputs: Record<string, unknown>; command: string };
}
const artifact = (repository: Repository): ArtifactJson =>
  JSON.parse(repository.read(ARTIFACT)) as ArtifactJson;

/** What the experiment computes, without the lab. */
function expectedTotal(steps: number): number {
  const chain = (seed: number): number => {
    let state = seed;
    for (let i = 0; i < steps; i++) state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  return chain(1) + chain(2);
}

describe('lab run', () => {
  it('makes the artifact, then finds everything fresh', async () => {
    const repository = new Repository();
    const first = await repository.lab(['run', '--jobs', '2']);
    expect(first.output).toContain('3 done, 0 failed');
    expect(first.code).toBe(0);
    const { data, provenance } = artifact(repository);
    expect(data.total).toBe(expectedTotal(40));
    expect(provenance).toMatchObject({ seeds: [1, 2], command: 'npm run lab -- run --jobs 2' });
    expect(Object.keys(provenance.inputs)).toEqual(['count/1', 'count/2']);
    const again = await repository.lab(['run']);
    expect(again.output).toContain('3 nodes fresh, nothing to run');
  });

  it('reuses committed files in a clone that has no store, and restores a lost one', async () => {
    const repository = new Repository();
    await repository.lab(['run']);
    rmSync(repository.path('public/weights/counting.small/1.bin'));
    const restored = await repository.lab(['run']);
    expect(restored.output).toContain('restored public/weights/counting.small/1.bin');
    rmSync(repository.path('.lab'), { recursive: true });
    expect((await repository.lab(['run'])).output).toContain('3 nodes fresh, nothing to run');
    repository.edit('src/add.ts', 'sum + state, 0', 'sum + state, 1');
    const edited = await repository.lab(['run']);
    expect(edited.output).toContain('2 nodes fresh, 1 to run');
    expect(artifact(repository).data.total).toBe(expectedTotal(40) + 1);
  });

  it('makes a published file again whose bytes were changed', async () => {
    const repository = new Repository();
    await repository.lab(['run']);
    rmSync(repository.path('.lab'), { recursive: true });
    repository.write('public/weights/counting.small/1.bin', 'other');
    const { output } = await repository.lab(['run']);
    expect(output).toContain('1 nodes fresh, 2 to run');
    expect(repository.read('public/weights/counting.small/1.bin')).toMatch(/^\[40,\d+\]$/);
  });

  it('rejects an artifact edited by hand', async () => {
    const repository = new Repository();
    await repository.lab(['run']);
    const before = repository.read(ARTIFACT);
    repository.write(ARTIFACT, before.replace(/"total": \d+/, '"total": 3'));
    expect((await repository.lab(['status', '--preset', 'small'])).output).toMatch(
      /missing +counting\.small\/add +\(its committed files are gone or changed\)/,
    );
    await repository.lab(['run']);
    expect(artifact(repository).data.total).toBe(expectedTotal(40));
  });

  it('goes on with independent nodes after a failure, and exits 1', async () => {
    const repository = new Repository();
    const { code, output } = await repository.lab(['run'], { FAIL_SEED: '1' });
    expect(code).toBe(1);
    expect(output).toContain('told to fail');
    expect(output).toContain('1 done, 1 failed, 1 not run');
    expect(output).toMatch(/failed +counting\.small\/count\/1 +Error: told to fail/);
    expect(output).toMatch(/not run +counting\.small\/add +it needs count\/1/);
    expect(existsSync(repository.path(ARTIFACT))).toBe(false);
    expect((await repository.lab(['run'])).output).toContain('1 nodes fresh, 2 to run');
  });

  it('does not run again what was made of an input that comes out as it was', async () => {
    const repository = new Repository();
    await repository.lab(['run']);
    const before = artifact(repository);
    repository.edit('src/count.ts', 'step++;', 'step += 1;');
    const states = await repository.lab(['status', '--preset', 'small']);
    expect(states.output.match(/^stale/gm)).toHaveLength(3);
    const { output } = await repository.lab(['run']);
    for (const seed of [1, 2]) expect(output).toContain(`counting.small/count/${seed}: done in`);
    expect(output).toContain('counting.small/add: its inputs came out as they were');
    expect(output).not.toContain('counting.small/add: starts');
    expect(artifact(repository).data).toEqual(before.data);
    expect((await repository.lab(['run'])).output).toContain('3 nodes fresh, nothing to run');
  });

  it('keeps results of smoke out of the committed lock', async () => {
    const repository = new Repository();
    await repository.lab(['run', '--preset', 'smoke']);
    expect(existsSync(repository.path('lab.lock'))).toBe(false);
    expect(existsSync(repository.path('.lab/lab.lock/counting.smoke.json'))).toBe(true);
    expect(existsSync(repository.path('public/artifacts/counting.smoke.json'))).toBe(true);
  });
});

describe('an unbroken result after', () => {
  it('SIGKILL of the training process', async () => {
    const repository = new Repository();
    const killed = await repository.lab(['run'], { DIE_AT: '13' });
    expect(killed.code).toBe(1);
    expect(killed.output).toContain('its process ended (SIGKILL)');
    const resumed = await repository.lab(['run']);
    expect(resumed.output).toContain('resumes from a checkpoint');
    expect(artifact(repository).data.total).toBe(expectedTotal(40));
  });

  it('SIGKILL of the whole run, whose lock is taken over', async () => {
    const repository = new Repository();
    const child = repository.spawn(['run'], { DELAY: '50' });
    const end = finished(child);
    await checkpointAppears(repository);
    child.kill('SIGKILL');
    await end;
    expect(existsSync(repository.path('.lab/run.pid'))).toBe(true);
    const { output } = await repository.lab(['run']);
    expect(output).toContain('resumes from a checkpoint');
    expect(artifact(repository).data.total).toBe(expectedTotal(40));
  });

  it('Ctrl-C, which saves a checkpoint and exits 130', async () => {
    const repository = new Repository();
    const child = repository.spawn(['run'], { DELAY: '500' });
    const end = finished(child);
    await checkpointAppears(repository);
    const second = await repository.lab(['run']);
    expect(second.output).toMatch(
      /expected to be the only run here, got one under way as process \d+/,
    );
    child.kill('SIGINT');
    expect(await end).toMatchObject({ code: 130 });
    const { output } = await repository.lab(['run']);
    expect(output).toContain('resumes from a checkpoint');
    expect(artifact(repository).data.total).toBe(expectedTotal(40));
  });

  it('SIGKILL of a forced run, which the same command resumes', async () => {
    const repository = new Repository();
    await repository.lab(['run']);
    await repository.lab(['run', '--force'], { DIE_AT: '13' });
    const { output } = await repository.lab(['run', '--force']);
    expect(output).toContain('resumes from a checkpoint');
    expect(artifact(repository).data.total).toBe(expectedTotal(40));
    expect(globSync(repository.path('.lab/checkpoints/*'))).toEqual([]);
  });

  it('corruption of the checkpoint, which is reported and not used', async () => {
    const repository = new Repository();
    await repository.lab(['run'], { DIE_AT: '13' });
    for (const path of globSync(repository.path('.lab/checkpoints/*'))) {
      const bytes = readFileSync(path);
      bytes[bytes.length - 2] = 0x30;
      writeFileSync(path, bytes);
    }
    const { output } = await repository.lab(['run']);
    expect(output).toMatch(
      /checkpoint: expected .* to match its hash, got other bytes; starting over/,
    );
    expect(artifact(repository).data.total).toBe(expectedTotal(40));
  });
});

async function checkpointAppears(repository: Repository): Promise<void> {
  while (globSync(repository.path('.lab/checkpoints/*')).length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
