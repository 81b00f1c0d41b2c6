import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { attribute, parseSection, walk } from '../../src/components/paper/mdast.ts';
import { faultsOf } from '../../src/site/faults.ts';
import { ROOT } from './clone.ts';

const STARTER = join(ROOT, 'examples', 'penguins');
const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');
const names = globSync('docs/*.md', { cwd: ROOT });
const docs = new Map(names.map((name) => [name, read(ROOT, name)]));
const all = [...docs.values()].join('\n');

const blocksOf = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, body]) => body ?? '',
  );

test('code that is shown of the example stands in it', () => {
  const excerpts = blocksOf(docs.get('docs/experiments.md') ?? '', 'ts');
  const bare = (text: string): string => text.replaceAll(/^ +/gm, '');
  const sources = globSync('**/*.ts', { cwd: STARTER }).map((file) => bare(read(STARTER, file)));
  expect(excerpts.length).toBeGreaterThan(3);
  for (const excerpt of excerpts)
    expect(
      sources.filter((source) => source.includes(bare(excerpt))),
      excerpt,
    ).toHaveLength(1);
});

describe('what is shown of a section', () => {
  const blocks = blocksOf(docs.get('docs/writing.md') ?? '', 'mdx');
  const nodes = blocks.flatMap((block) => [...walk(parseSection(block))]);
  const values = (name: string): string[] =>
    nodes.flatMap((node) => attribute(node, name)?.split(' ') ?? []);

  test('is read without a fault', () => {
    expect(blocks.length).toBeGreaterThan(4);
    expect(blocks.flatMap((block) => faultsOf(block, '/'))).toEqual([]);
  });

  test('names equations, components, works, experiments and addresses that there are', () => {
    const content = globSync('content/*', { cwd: STARTER, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => read(STARTER, 'content', name))
      .join('\n');
    const layout = read(ROOT, 'src/layouts/Section.astro');
    const elements = nodes.flatMap((node) =>
      'name' in node && /^[A-Z]/.test(String(node.name)) ? [String(node.name)] : [],
    );
    expect(nodes.some((node) => node.type === 'math' && node.meta === 'softmax')).toBe(true);
    expect(elements.filter((name) => !layout.includes(`import ${name} from`))).toEqual([]);
    const known = values('of').filter(
      (of) =>
        existsSync(join(STARTER, 'experiments', `${of}.ts`)) ||
        new RegExp(`@\\w+\\{${of},|id: '${of}'`).test(content),
    );
    expect(known).toEqual(values('of'));
    const ids = values('to').map((to) => to.replace(/^(fig|tab)-/, ''));
    const there = ids.filter(
      (id) =>
        content.includes(`id="${id}"`) ||
        content.includes(`$$ ${id.replace('eq-', '')}`) ||
        existsSync(join(STARTER, 'content', `${id}.mdx`)),
    );
    expect(there).toEqual(ids);
  });
});

test('every environment variable is told, and none that is not read', () => {
  const sources = globSync(['src/**/*.{ts,astro}', 'scripts/**/*.mjs', 'astro.config.mjs'], {
    cwd: ROOT,
  })
    .filter((file) => statSync(join(ROOT, file)).isFile())
    .map((file) => read(ROOT, file));
  const used = sources.flatMap(
    (source) => source.match(/\b(?:(?:SITE|LAB)_[A-Z]+|PAPER|CHROMIUM_PATH)\b/g) ?? [],
  );
  const told = [...all.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name);
  expect(new Set(told)).toEqual(new Set(used));
});

test('commands and files that are named exist', () => {
  const { scripts } = JSON.parse(read(ROOT, 'package.json')) as { scripts: Record<string, string> };
  const run = [...all.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name ?? '');
  expect(run.filter((name) => !(name in scripts))).toEqual([]);
  const lab = [...all.matchAll(/npm run lab -- ([a-z]+)/g)].map(([, name]) => name ?? '');
  expect(
    lab.filter((name) => !existsSync(join(ROOT, 'src', 'lab', 'commands', `${name}.ts`))),
  ).toEqual([]);
  const paths = [...all.matchAll(/`((?:src|tests|examples|scripts)\/[\w./-]+)`/g)].map(
    ([, path]) => path ?? '',
  );
  expect(paths.length).toBeGreaterThan(10);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
