import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TESTS = join(import.meta.dirname, '..');

/**
 * The example paper outside of the checkout, with the sections and references of fixtures in place of its own.
 * @param names folders of tests/fixtures/papers
 * @returns the paper's folder
 */
export async function placedPaper(...names: string[]): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'paper-')), 'content');
  await cp(join(TESTS, 'example-paper'), folder, { recursive: true });
  for (const name of names)
    await cp(join(TESTS, 'fixtures', 'papers', name), folder, { recursive: true });
  for (const file of ['figures.ts', 'methods.ts', 'paper.ts', 'symbols.ts']) {
    const text = await readFile(join(folder, file), 'utf8');
    await writeFile(join(folder, file), text.replaceAll(/'(\.\.\/)+src\//g, "'#src/"));
  }
  return folder;
}
