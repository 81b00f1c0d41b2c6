import { describe, expect, it } from 'vitest';
import { Repository } from './repository.ts';

describe('lab', () => {
  it.each([
    ['an unknown command', ['rum'], /unknown command rum\nusage: npm run lab/],
    ['no command', [], /usage: npm run lab -- <command>/],
    ['an unknown option', ['run', '--fast'], /'--fast'[^]*usage: npm run lab -- run \[experiment/],
    ['an unknown preset', ['run', '--preset', 'tiny'], /one of smoke, small, paper, got tiny/],
    ['an unknown backend', ['run', '--backend', 'cuda'], /one of webgpu, .*, got cuda/],
    ['half a job', ['run', '--jobs', '0.5'], /--jobs: expected a whole number from 1, got 0\.5/],
    ['half an example', ['verify', '--examples', '0.5'], /--examples: expected a whole number/],
    ['a node to verify', ['verify', 'counting/add'], /expected experiments, got the node counting/],
    ['explain without an id', ['explain'], /explain: expected one id, got 0/],
    ['an unknown node', ['explain', 'counting/x'], /expected a node of count\/1, count\/2, add/],
  ])('answers %s with the usage and exit status 2', async (_, args, message) => {
    const { code, output } = await new Repository().lab(args);
    expect(output).toMatch(message);
    expect(code).toBe(2);
  });

  it('names the experiments there are for an unknown one, and exits 1', async () => {
    const { code, output } = await new Repository().lab(['run', 'countin']);
    expect(output).toMatch(/expected an experiment, got countin; there are: counting/);
    expect(code).toBe(1);
  });

  it('shows what would run, and runs nothing', async () => {
    const repository = new Repository();
    const { output } = await repository.lab(['run', '--dry-run']);
    expect(output).toMatch(/run +counting\.small\/count\/1 +unknown +it has never run/);
    expect(output).toContain('3 to run, 3 of unknown length not counted');
    expect((await repository.lab(['status', '--preset', 'small'])).output).not.toContain('fresh');
  });

  it('runs one node by name', async () => {
    const repository = new Repository();
    const { output } = await repository.lab(['run', 'counting/count/2']);
    expect(output).toContain('1 done, 0 failed');
    const status = (await repository.lab(['status', '--preset', 'small'])).output;
    expect(status).toMatch(/fresh +counting\.small\/count\/2/);
    expect(status).toMatch(/missing +counting\.small\/count\/1/);
  });

  it('prints help of a command and exits 0', async () => {
    const { code, output } = await new Repository().lab(['run', '--help']);
    expect(output).toContain('--jobs N');
    expect(code).toBe(0);
  });
});
