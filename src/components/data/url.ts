/** Address of a file of the site, under whatever base path it is served. */
export function siteUrl(path: string): string {
  const base = import.meta.env.BASE_URL;
  return `${base.endsWith('/') ? base : `${base}/`}${path}`;
}
