/**
 * @typedef {{ version?: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[],
 *   libc?: string[], optionalDependencies?: Record<string, string> }} Entry
 */

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
  'wasm32',
];

/**
 * What a package of prebuilt code says of itself in its name.
 * @param {string} name such as `@oxlint/binding-linux-x64-musl`
 * @returns {Partial<Entry>}
 */
export function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  const libc = words.flatMap((word) => ({ gnu: ['glibc'], musl: ['musl'] })[word] ?? []);
  return { ...(cpu.length && { cpu }), ...(os.length && { os }), ...(libc.length && { libc }) };
}

/**
 * @param {Record<string, Entry>} packages of a lock file, by path
 * @param {string} from path of the package that depends on `name`
 * @param {string} name
 * @returns {Entry | undefined} what Node would load there
 */
function resolve(packages, from, name) {
  for (
    let folder = from;
    ;
    folder = folder.slice(0, folder.lastIndexOf('node_modules')).replace(/\/$/, '')
  ) {
    const found = packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`];
    if (found || folder === '') return found;
  }
}

/**
 * Optional dependencies that have no entry of their own.
 * @param {Record<string, Entry>} packages
 */
export function missingOptional(packages) {
  return Object.entries(packages).flatMap(([from, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies)
      .filter(([name, version]) => {
        const found = resolve(packages, from, name);
        return !found || (/^\d/.test(version) && found.version !== version);
      })
      .map(([name, version]) => ({ from, name, version, dev })),
  );
}

/**
 * Adds the entries that `missingOptional` finds.
 * @param {Record<string, Entry>} packages
 * @returns {Record<string, Entry>} the same and more, ordered by path
 */
export function completed(packages) {
  const result = { ...packages };
  for (const { from, name, version, dev } of missingOptional(packages)) {
    const top = `node_modules/${name}`;
    const path = top in result ? `${from}/${top}` : top;
    result[path] = { version, ...(dev && { dev }), optional: true, ...platformOf(name) };
  }
  return Object.fromEntries(
    Object.entries(result).toSorted(([left], [right]) => left.localeCompare(right, 'en')),
  );
}
