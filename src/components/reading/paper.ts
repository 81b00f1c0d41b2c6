import { startCards } from './cards.ts';
import { followContents } from './contents.ts';
import { startCopyButtons } from './copy.ts';
import { startReadouts } from './readout.ts';

startCards();
followContents();
startReadouts();
startCopyButtons();
