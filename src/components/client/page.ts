import { keepOffline } from './offline.ts';
import { startSearchButton } from './search-button.ts';
import { startThemeButton } from './theme-button.ts';

const themeButton = document.querySelector<HTMLElement>('.theme');
if (themeButton) startThemeButton(themeButton);

const searchButton = document.querySelector<HTMLElement>('.search-open');
if (searchButton) startSearchButton(searchButton);

keepOffline();
