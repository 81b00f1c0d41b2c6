// npm run new -- ../my-paper: a paper of its own out of the starter; with --update, this generator for a paper that is.
import { resolve } from 'node:path';
import { env } from 'node:process';
import { parseArgs } from 'node:util';
import { makePaper, updatePaper } from './lib/paper.mjs';
import { Advice, program, say } from './lib/steps.mjs';

await program(async () => {
  const { values, positionals } = parseArgs({
    options: { update: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const [named, ...others] = positionals;
  if (named === undefined || others.length > 0)
    throw new Advice(
      `new: expected one folder, got ${positionals.length}; npm run new -- ../my-paper`,
    );
  const folder = resolve(env.INIT_CWD ?? '.', named);
  if (!values.update) {
    await makePaper(folder);
    say(`A paper is in ${folder}. What is in it, and how to make it yours: its README.md.`);
    say(`\n  cd ${named}\n  npm start`);
    return;
  }
  const { from, own } = await updatePaper(folder);
  say(`${folder} has this generator now, in place of that of ${from.slice(0, 10) || 'no commit'}.`);
  say(own ? 'It has packages of its own: npm install there.' : 'Then, there: npm start');
  say('npm run lab -- status tells which results the new code would make otherwise, if any.');
});
