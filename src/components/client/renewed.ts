/** What to say where code or data of a page that is open do not arrive: often a new version took their place. */
export const RENEWED =
  'Check the connection; if the site was renewed since this page was opened, reload the page.';
