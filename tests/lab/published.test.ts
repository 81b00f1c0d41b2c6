import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { recordedOnly } from '../../src/lab/published.ts';
import { Repository } from './repository.ts';

/** Begins a build as Astro does. @returns what it warned of */
async function build(root: string, publicDir = `${root}/public/`): Promise<string> {
  const { hooks } = recordedOnly(root);
  const warn = vi.fn<(text: string) => void>();
  const given = { config: { publicDir: pathToFileURL(publicDir) }, logger: { warn } };
  await hooks['astro:config:done']?.(given as never);
  await hooks['astro:build:start']?.(given as never);
  return warn.mock.calls.join();
}

describe('a build takes what was recorded, and no', () => {
  let repository: Repository;
  beforeEach(async () => {
    repository = new Repository();
    await repository.lab(['run']);
    const refused = await build(repository.root);
    if (refused !== '') throw new Error(refused);
  });

  it('edited artifact, changed weight or artifact that nobody recorded, and names each', async () => {
    const artifact = 'public/artifacts/counting.small.json';
    const weights = 'public/weights/counting.small/1.bin';
    const bytes = readFileSync(repository.path(weights));
    bytes[bytes.length - 2]! ^= 1;
    repository.write(weights, bytes);
    repository.write('public/artifacts/other.small.json', repository.read(artifact));
    repository.edit(artifact, '"backend": "cpu"', '"backend": "webgpu"');
    const refused = build(repository.root);
    await expect(refused).rejects.toThrow(`${artifact}: it is not what was recorded`);
    await expect(refused).rejects.toThrow(`${weights}: it is not what was recorded`);
    await expect(refused).rejects.toThrow('other.small.json: no record says how it was made');
    vi.stubEnv('SITE_UNRECORDED', 'warn');
    await expect(build(repository.root)).resolves.toContain(`${weights}: it is not what`);
    vi.unstubAllEnvs();
    await expect(build(repository.root, `${repository.root}/elsewhere/`)).resolves.toBe('');
  });
});
