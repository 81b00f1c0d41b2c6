import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/lab/hash.ts';
import { Repository } from './repository.ts';

const LOCK = 'lab.lock/counting.small.json';
const SENT = ['.lab', 'lab.lock', 'public'];

/** A repository with results, as they come back from another machine. */
async function withResults(): Promise<Repository> {
  const repository = new Repository();
  await repository.lab(['run']);
  return repository;
}

function archiveOf(there: Repository, to: string, ...options: string[]): string {
  execFileSync('tar', [...options, '-cf', to, '-C', there.root, ...SENT]);
  return to;
}

/** Nothing was taken, and nothing is left. */
function expectNothingTaken(here: Repository): void {
  expect(existsSync(here.path('lab.lock'))).toBe(false);
  expect(existsSync(here.path('public'))).toBe(false);
  const left = globSync(['.lab/**/*', '.*'], { cwd: here.root, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([]);
}

const objectIn = (there: Repository): string => {
  const [path = ''] = globSync('.lab/objects/*/*', { cwd: there.root });
  return path;
};

const PLANTED: [string, (there: Repository, here: Repository) => void][] = [
  [
    'a FIFO',
    (there) => {
      const path = objectIn(there);
      rmSync(there.path(path));
      execFileSync('mkfifo', [there.path(path)]);
    },
  ],
  [
    'a link out of it',
    (there, here) => {
      here.write('secret', 'secret');
      const path = objectIn(there);
      rmSync(there.path(path));
      symlinkSync(here.path('secret'), there.path(path));
    },
  ],
  [
    'a link to an endless device',
    (there) => {
      const path = objectIn(there);
      rmSync(there.path(path));
      symlinkSync('/dev/zero', there.path(path));
    },
  ],
  [
    'a link for the lock',
    (there) => {
      renameSync(there.path(LOCK), there.path('elsewhere'));
      symlinkSync('../elsewhere', there.path(LOCK));
    },
  ],
  [
    'a link for a folder',
    (there) => {
      renameSync(there.path('.lab/objects'), there.path('objects'));
      symlinkSync('../objects', there.path('.lab/objects'));
    },
  ],
  [
    'a link for the store',
    (there) => {
      renameSync(there.path('.lab'), there.path('store'));
      symlinkSync('store', there.path('.lab'));
    },
  ],
];

describe.each(['archive', 'folder'])('an %s with', (form) => {
  it.each(PLANTED)('%s is refused by name, and nothing of it is taken', async (_, plant) => {
    const [there, here] = [await withResults(), new Repository()];
    plant(there, here);
    const source = form === 'folder' ? there.root : archiveOf(there, there.path('a.tar'));
    const { code, output } = await here.lab(['import', source]);
    expect(output).toMatch(
      /import: expected regular files in .*, got a (FIFO|link|device)[^]*(objects|lock|\.lab)/,
    );
    expect(code).toBe(1);
    rmSync(here.path('secret'), { force: true });
    expectNothingTaken(here);
  });

  it('more bytes or files than stated is refused, and taken when that is asked for', async () => {
    const [there, here] = [await withResults(), new Repository()];
    writeFileSync(there.path('public/zeros'), '');
    truncateSync(there.path('public/zeros'), 2 ** 24);
    const source = form === 'folder' ? there.root : archiveOf(there, there.path('a.tar.gz'), '-z');
    const bytes = await here.lab(['import', source, '--max-bytes', '10000000']);
    expect(bytes.output).toMatch(
      /expected at most 10000000 bytes in .*; if you trust it, .*--max-bytes/,
    );
    const files = await here.lab(['import', source, '--max-files', '3']);
    expect(files.output).toMatch(/expected at most 3 files in .*; if you trust it, .*--max-files/);
    expect([bytes.code, files.code]).toEqual([1, 1]);
    expectNothingTaken(here);
    const taken = await here.lab(['import', source]);
    expect(taken.output).toContain('3 imported, 0 already here, 0 refused');
  });

  it('weights that are none, though their hash is right, is refused whole', async () => {
    const [there, here] = [await withResults(), new Repository()];
    const path = objectIn(there);
    const garbage = 'garbage';
    const [before, after] = [path.replaceAll('/', '').slice('.labobjects'.length), sha256(garbage)];
    there.write(`.lab/objects/${after.slice(0, 2)}/${after.slice(2)}`, garbage);
    const lock = there.read(LOCK);
    there.write(
      LOCK,
      lock.replaceAll(
        new RegExp(`"[a-z.]+": "${before}"`, 'g'),
        `"weights.safetensors": "${after}"`,
      ),
    );
    const source = form === 'folder' ? there.root : archiveOf(there, there.path('a.tar'));
    const { code, output } = await here.lab(['import', source]);
    expect(output).toMatch(
      /import: expected weights in output weights\.safetensors of counting\.small\/\S+, got[^]*nothing was taken/,
    );
    expect(code).toBe(1);
    expectNothingTaken(here);
  });
});

/** One header of a tar file, with a correct checksum. */
function header(name: string, size: number, type = '0'): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write(`0000644\0${'0000000\0'.repeat(2)}`, 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write(`        ${type}`, 148);
  block.write('ustar\u{0}00', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

const END = Buffer.alloc(1024);
const entry = (name: string, text: string): Buffer[] => [
  header(name, text.length),
  Buffer.from(text.padEnd(Math.ceil(text.length / 512) * 512, '\0')),
];

describe('an archive', () => {
  it.each([
    [
      'a path out of it',
      entry('../evil', 'x'),
      /expected paths inside the archive, got \.\.\/evil/,
    ],
    [
      'an absolute path',
      entry('/tmp/evil', 'x'),
      /expected paths inside the archive, got \/tmp\/evil/,
    ],
    ['a hidden way out', entry('public/../../evil', 'x'), /expected paths inside/],
    [
      'one file twice',
      [...entry('.lab/objects/aa/b', 'x'), ...entry('.lab/objects/aa/b', 'y')],
      /expected each file once in .*a\.tar, got \.lab\/objects\/aa\/b twice/,
    ],
    [
      'two sets of results',
      [...entry('a/.lab/objects/aa/b', 'x'), ...entry('b/.lab/objects/aa/b', 'y')],
      /expected one set of results in .*a\.tar, got a and b/,
    ],
    ['a device', [header('.lab/objects/zero', 0, '3')], /got a device: \.lab\/objects\/zero/],
    ['a hard link', [header('.lab/objects/link', 0, '1')], /got a link: \.lab\/objects\/link/],
    [
      'a file of petabytes',
      [header('.lab/objects/aa/b', 8 ** 11 - 1)],
      /expected files of at most \d+ bytes/,
    ],
    [
      'a terminal escape in a name',
      entry('.lab/objects/\u001b[31mred', 'x'),
      /got \.lab\/objects\/\\u001b\[31mred/,
    ],
    [
      'no end',
      [header('.lab/objects/aa/b', 9000), Buffer.alloc(512)],
      /expected a whole tar archive in .*a\.tar, got an end within/,
    ],
    [
      'a broken header',
      [Buffer.alloc(512, 'x')],
      /expected a whole tar archive in .*a\.tar, got other bytes/,
    ],
  ])('with %s is refused', async (_, blocks, message) => {
    const here = new Repository();
    here.write('a.tar', Buffer.concat([...blocks, END]));
    const { code, output } = await here.lab(['import', 'a.tar']);
    expect(output).toMatch(message);
    expect(output).not.toContain('\u001b');
    expect(code).toBe(1);
    rmSync(here.path('a.tar'));
    expectNothingTaken(here);
  });

  it.each([
    ['gzip', 'z', 'a.tar.gz'],
    ['xz', 'J', 'a.tar.xz'],
    ['Zstandard', '-zstd', 'a.tar.zst'],
    ['nothing', 'S', 'a.tar'],
  ])('compressed by %s in a folder of its own, with long names, is taken', async (_, how, name) => {
    const [there, here] = [await withResults(), new Repository()];
    there.write(`public/${'long/'.repeat(40)}${'n'.repeat(180)}`, 'x');
    mkdirSync(there.path('lab-linux-x64'));
    for (const sent of SENT)
      cpSync(there.path(sent), there.path(`lab-linux-x64/${sent}`), { recursive: true });
    execFileSync('tar', [`-${how}`, '-cf', there.path(name), '-C', there.root, 'lab-linux-x64']);
    const { code, output } = await here.lab(['import', there.path(name)]);
    expect(output).toContain('3 imported, 0 already here, 0 refused');
    expect(code).toBe(0);
  });

  it.each(['gz', 'xz'])('cut short within its %s is refused', async (kind) => {
    const [there, here] = [await withResults(), new Repository()];
    const path = archiveOf(there, there.path('a.tar'), kind === 'gz' ? '-z' : '-J');
    writeFileSync(path, readFileSync(path).subarray(0, -40));
    const { code, output } = await here.lab(['import', path]);
    expect(output).toMatch(/expected a whole archive in .*a\.tar, got/);
    expect(code).toBe(1);
    expectNothingTaken(here);
  });

  it('that is itself a FIFO or a device is refused', async () => {
    const here = new Repository();
    execFileSync('mkfifo', [here.path('pipe')]);
    for (const path of ['pipe', '/dev/zero']) {
      const { code, output } = await here.lab(['import', path]);
      expect(output).toMatch(/import: expected a folder or an archive, got/);
      expect(code).toBe(1);
    }
  });
});

it('what a killed import left is removed by the next run, and what a live one has is not', async () => {
  const [there, here] = [await withResults(), new Repository()];
  there.write('public/zeros', Buffer.alloc(2 ** 22));
  execFileSync('tar', ['-cf', there.path('a.tar'), '-C', there.root, ...SENT]);
  const importing = here.spawn(['import', there.path('a.tar')]);
  while (globSync('.lab/.*.tmp', { cwd: here.root }).length === 0) await sleep(1);
  importing.kill('SIGKILL');
  await new Promise((done) => importing.on('exit', done));
  expect(globSync('.lab/.*.tmp', { cwd: here.root })).toHaveLength(1);
  await here.lab(['run', 'counting/count/1']);
  expect(globSync('.lab/.*.tmp', { cwd: here.root })).toEqual([]);
});
