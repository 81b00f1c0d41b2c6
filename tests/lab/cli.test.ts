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
    ['explain without an id', ['explain'], /lab: expected one id, got 0/],
    ['an unknown node', ['explain', 'counting/x'], /there are: count\/1, count\/2, add/],
    ['another seed', ['run', 'counting/count/3'], /got count\/3; there are: count\/1, count\/2\n/],
    ['two presets', ['status', 'counting.smoke', 'counting.small'], /of preset smoke, got .*small/],
    ['what is not an option', ['gc', 'counting'], /lab: expected options only, got counting/],
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
    expect(output).toMatch(
      /^node +took +why it would run\ncounting\.small\/count\/1 +unknown +it has never run/m,
    );
    expect(output).toContain('3 to run, 3 of unknown length not counted');
    expect((await repository.lab(['status', '--preset', 'small'])).output).not.toContain('fresh');
  });

  it('takes ids as it prints them', async () => {
    const repository = new Repository();
    const { output } = await repository.lab(['run', 'counting.smoke/count/2']);
    expect(output).toContain('1 done, 0 failed');
    const one = await repository.lab(['status', 'counting.smoke/count/2']);
    expect(one.output).toBe('fresh    counting.smoke/count/2\n');
    const all = await repository.lab(['status']);
    expect(all.output).toMatch(
      /fresh +stale +missing\ncounting\.smoke +1 +0 +2\ncounting\.small +0 +0 +3/,
    );
  });

  it('runs one node by name', async () => {
    const repository = new Repository();
    const { output } = await repository.lab(['run', 'counting/count/2']);
    expect(output).toContain('1 done, 0 failed');
    const status = (await repository.lab(['status', '--preset', 'small'])).output;
    expect(status).toMatch(/fresh +counting\.small\/count\/2/);
    expect(status).toMatch(/missing +counting\.small\/count\/1/);
  });

  it.each([[['run', '--help']], [['run', '-h']], [['help', 'run']]])(
    '%j prints help, exits 0',
    async (args) => {
      const { code, output } = await new Repository().lab(args);
      expect(output).toContain('--jobs N');
      expect(code).toBe(0);
    },
  );
});
