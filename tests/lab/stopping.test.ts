import { globSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Repository, finished } from './repository.ts';
import { canMount, smallDisk } from './tmpfs.ts';

it.runIf(canMount())(
  'a stop with a full disk says that no checkpoint was saved, and why',
  async () => {
    const repository = new Repository();
    repository.edit('src/count.ts', 'step % 5 === 0', 'false');
    smallDisk(repository.path('.lab'), '64k');
    const child = repository.spawn(['run', 'counting/count/1'], { DELAY: '200' });
    let said = '';
    child.stderr?.on('data', (chunk) => (said += String(chunk)));
    const end = finished(child);
    while (!said.includes('count/1: starts')) await sleep(20);
    await sleep(1500);
    expect(() => writeFileSync(repository.path('.lab/ballast'), Buffer.alloc(2 ** 20))).toThrow(
      /ENOSPC/,
    );
    expect(statSync(repository.path('.lab/ballast')).size).toBeGreaterThan(0);
    child.kill('SIGINT');
    const { code, output } = await end;
    expect(output).toMatch(/checkpoint: not saved, .*ENOSPC; free some space.*trying again in 1 s/);
    expect(output).toMatch(
      /count\/1: failed: \/.*checkpoints\/\w+: expected to write it, got ENOSPC; free some space/,
    );
    expect(output).not.toContain('the next run resumes it');
    expect(output).not.toMatch(/^\s+at /m);
    expect(code).toBe(130);
    expect(globSync('.lab/checkpoints/*', { cwd: repository.root })).toEqual([]);
  },
);

it('a stop before anything could be saved does not promise to resume', async () => {
  const repository = new Repository();
  repository.edit('src/count.ts', 'await checkpoint.save(bytes());\n      throw', 'throw');
  repository.edit('src/count.ts', 'step % 5 === 0', 'false');
  const child = repository.spawn(['run'], { DELAY: '200' });
  const end = finished(child);
  await sleep(2500);
  child.kill('SIGINT');
  const { output } = await end;
  expect(output).toMatch(/count\/1: stopped, with nothing new saved/);
  expect(output).toMatch(/not run +counting\.small\/count\/2 +stopped before it began/);
});

it('status --check exits with 3 until all is fresh', async () => {
  const repository = new Repository();
  const check = ['status', '--preset', 'small', '--check'];
  expect((await repository.lab(check)).code).toBe(3);
  await repository.lab(['run']);
  expect((await repository.lab(check)).code).toBe(0);
});
