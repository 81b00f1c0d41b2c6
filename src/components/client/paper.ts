import { startCards } from './cards.ts';
import { startContentsButton } from './contents-button.ts';
import { followContents } from './contents.ts';
import { startCopyButtons } from './copy.ts';
import { startIsolation } from './isolate.ts';
import { startNumbers } from './numbers.ts';
import { startFigureParts } from './figure-parts.ts';
import { startReadouts } from './readout.ts';

startNumbers();
startCards();
followContents();
startContentsButton();
startFigureParts();
startReadouts();
startIsolation();
startCopyButtons();
