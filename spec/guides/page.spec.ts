/**
 * @jest-environment jsdom
 * @jest-environment-options {"customExportConditions": ["node", "node-addons"]}
 */
import '@angular/compiler';
import { runGuides } from '../support/guides';

describe('the code of the guides, in a page', () => {
  runGuides('page');
});
