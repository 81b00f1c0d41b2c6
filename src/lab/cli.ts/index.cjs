// `node src/lab/cli.ts` is this file: a folder of that name is what a Node without TypeScript can start, to say so.
const { features, version } = process;

if (features.typescript) {
  void import('../main.ts');
} else {
  console.error(
    `lab: expected Node 22.18 or newer, got ${version}; use npm run lab, which takes the pinned one (npm start installs it)`,
  );
  process.exitCode = 1;
}
