import { runGuides } from '../support/guides';

describe('the code of the guides, in Node', () => {
  runGuides('node');
});
