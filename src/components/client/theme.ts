/** Runs before the first paint, so that the chosen theme does not flash; allowed by its hash. */
export const THEME_SCRIPT =
  "try{const t=localStorage.getItem('theme');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch{}";
