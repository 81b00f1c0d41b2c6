// Preloaded (--import): each look at the clock shows an hour earlier than the one before.
const now = Date.now.bind(Date);
const RealDate = Date;
let looks = 0;

const jumped = () => now() - 3_600_000 * looks++;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(jumped());
    else super(...args);
  }
  static now() {
    return jumped();
  }
};
