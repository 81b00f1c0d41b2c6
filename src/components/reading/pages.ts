interface SitePage {
  /** Path under the base. */
  path: string;
  name: string;
}

/** The pages of the site, in the order of its bar. */
export const pages: SitePage[] = [{ path: '', name: 'Paper' }];
