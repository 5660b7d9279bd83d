/*
 * Evaluation as browsers get it, which remembers nothing and reads no texts: the same specs as those of servers.
 */
jest.mock('#config-index', () => jest.requireActual<object>('../../src/model/no-config-index'));
jest.mock('#evaluation-memory', () => jest.requireActual<object>('../../src/evaluation/no-memory'));

import '../model/config.spec';
import './compile.spec';
import './differential.spec';
import './hashed.spec';
import './numbers.spec';
import './percentage.spec';
import './prerequisites.spec';
import './semver.spec';
import './text.spec';
import './versions.spec';
