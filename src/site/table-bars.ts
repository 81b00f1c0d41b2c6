/** A formula between single dollars that stands in one line. */
const FORMULA = /(?<![\\$])\$(?!\s)((?:\\.|[^$\\])+?)(?<!\s)\$(?![$\d])/g;

const withoutBars = (tex: string): string =>
  tex.replaceAll(/\\\||\|/g, (bar) => (bar === '|' ? String.raw`\vert{}` : String.raw`\Vert{}`));

/** The source of a section whose tables have no bars inside of formulas, at which Markdown would divide a cell. */
export const withBars = (source: string): string =>
  source.replaceAll(/^[ \t]*\|.*\|[ \t]*$/gm, (row) =>
    row.replaceAll(FORMULA, (_, tex: string) => `$${withoutBars(tex)}$`),
  );
