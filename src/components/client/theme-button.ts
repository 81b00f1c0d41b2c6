const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const current = (): Theme =>
  THEMES.find((theme) => theme === document.documentElement.dataset['theme']) ?? 'auto';

function apply(button: HTMLElement, theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  const label = `Colours: ${theme === 'auto' ? 'as the system' : theme}`;
  button.setAttribute('aria-label', label);
  button.title = label;
  button.dataset['shows'] = theme;
}

function keep(theme: Theme): void {
  try {
    if (theme === 'auto') localStorage.removeItem('theme');
    else localStorage.setItem('theme', theme);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

/** Makes the button turn from the system's colours to light, dark and back. */
export function startThemeButton(button: HTMLElement): void {
  apply(button, current());
  button.addEventListener('click', () => {
    const next = THEMES[(THEMES.indexOf(current()) + 1) % THEMES.length] ?? 'auto';
    apply(button, next);
    keep(next);
  });
}
