/**
 * @param {string} path of a folder that the site is built from
 * @returns {string | undefined} why Vite cannot read it: it takes paths for addresses
 */
export function pathFault(path) {
  const [sign] = /[#?]/.exec(path) ?? [];
  return sign === undefined
    ? undefined
    : `${path}: expected a path without # and ?, got ${sign}; rename the folder or move it`;
}
