import { execFile, spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from './clone.ts';

const folder = mkdtempSync(join(tmpdir(), 'first-paper-'));
const paper = join(folder, 'my-paper');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { PATH, HOME } = process.env;
const NAMED = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((role) => [
    [`GIT_${role}_NAME`, 'Somebody'],
    [`GIT_${role}_EMAIL`, 'some@example.org'],
  ]),
);
// A person's shell: nothing of this repository's npm scripts or settings.
const env = { PATH, HOME, ...NAMED, ASTRO_TELEMETRY_DISABLED: '1' };

function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((done, fail) => {
    execFile(program, args, { cwd, env }, (error, stdout, stderr) => {
      if (error) fail(new Error(`${program} ${args.join(' ')}:\n${stdout}${stderr}`));
      else done(stdout + stderr);
    });
  });
}

/** `npm start`, until it says where the page is. @returns the page */
async function served(cwd: string): Promise<string> {
  const child = spawn('npm', ['start'], { cwd, env, detached: true });
  try {
    let said = '';
    const address = await new Promise<string>((done, fail) => {
      const read = (data: unknown): void => {
        said += String(data);
        const found = /http:\/\/localhost:\d+\//.exec(said);
        if (found) done(found[0]);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.on('close', () => fail(new Error(said)));
    });
    return await (await fetch(address)).text();
  } finally {
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGINT');
  }
}

/** What the documentation has its reader do, in order. */
type Step =
  { type: 'sh'; lines: string[] } | { type: 'Write' | 'Add to'; file: string; text: string };

function stepsOf(text: string): Step[] {
  const blocks = text.matchAll(/(?:(Write|Add to) `([^`]+)`:\n\n)?^```(\w+)\n(.*?)^```$/gms);
  return [...blocks].flatMap(([, type, file, language, body = '']): Step[] => {
    if (type === 'Write' || type === 'Add to') return [{ type, file: file!, text: body }];
    return language === 'sh' ? [{ type: 'sh', lines: body.trim().split('\n') }] : [];
  });
}

/** Installing is left out: what is installed is that of this repository. */
function install(): void {
  symlinkSync(join(ROOT, 'node_modules'), join(paper, 'node_modules'));
  cpSync(join(ROOT, 'build', 'kernels'), join(paper, 'build', 'kernels'), { recursive: true });
}

/** Types a line. @returns what it said, of `npm start` the page */
async function type(line: string): Promise<string> {
  if (line === 'npm start') return served(paper);
  if (line !== 'npm run new -- ../my-paper') return run('sh', ['-c', line], paper);
  const said = await run(process.execPath, [join(ROOT, 'scripts', 'new.mjs'), paper], ROOT);
  install();
  return said;
}

test('what the documentation says makes a paper of one’s own', async () => {
  const steps = stepsOf(readFileSync(join(ROOT, 'docs', 'first-paper.md'), 'utf8'));
  expect(steps.length).toBeGreaterThan(12);
  const said: string[] = [];
  for (const step of steps) {
    if (step.type === 'sh') {
      // A line of a shell of its own each; every one of them stands in the paper.
      for (const line of step.lines.filter((one) => one !== 'cd ../my-paper'))
        said.push(await type(line));
    } else {
      const path = join(paper, step.file);
      mkdirSync(dirname(path), { recursive: true });
      if (step.type === 'Write') writeFileSync(path, step.text);
      else appendFileSync(path, step.text);
    }
  }
  expect(said.some((page) => page.includes('tells penguins apart'))).toBe(true);
  const page = readFileSync(join(paper, 'dist', 'index.html'), 'utf8');
  expect(page).toMatch(/<data value="748"[^>]*>748<\/data> mm fell/);
  expect(page).toContain('id="ref-symons1867"');
  expect(page).toContain('id="fig-rain"');
  expect(page).not.toMatch(/penguin|mamba/i);
  const build = () => run('npm', ['run', '-s', 'build'], paper);
  await build();
  expect(await build()).toContain('are those of these files');
  const own = await run('git', ['ls-files'], paper);
  const named = own
    .split('\n')
    .filter((path) => /^(artifacts|content|data|experiments|tests|README|package)/.test(path));
  expect(named.length).toBeGreaterThan(10);
  for (const path of named)
    expect(readFileSync(join(paper, path), 'utf8'), path).not.toMatch(/mamba/i);
  await run(process.execPath, [join(ROOT, 'scripts', 'new.mjs'), '--update', paper], ROOT);
  expect(await run('git', ['status', '--short'], paper)).toBe('');
  appendFileSync(join(paper, 'src', 'lab', 'main.ts'), '// mine\n');
  await expect(
    run(process.execPath, [join(ROOT, 'scripts', 'new.mjs'), '--update', paper], ROOT),
  ).rejects.toThrow(/got edits of src\/lab\/main\.ts/);
});
