const TestEnvironment = require('@stryker-mutator/jest-runner/jest-env/node');

/** Skips everything after the first failure, which is enough to notice a mutant. */
module.exports = class extends TestEnvironment {
  #hasFailed = false;

  constructor(...given) {
    super(...given);
    const inner = this.handleTestEvent;
    this.handleTestEvent = async (event, state) => {
      if (event.name === 'test_start' && this.#hasFailed) event.test.mode = 'skip';
      if (event.name === 'test_done' && event.test.errors.length > 0) this.#hasFailed = true;
      await inner(event, state);
    };
  }
};
