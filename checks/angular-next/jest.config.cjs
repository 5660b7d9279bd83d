// The specs of `configcat-rx/angular`, with this folder's Angular.
const { join } = require('node:path');
const { register } = require('tsx/cjs/api');

const root = join(__dirname, '../..');
const unregister = register();
const { default: config } = require('../../jest.config.ts');
unregister();

module.exports = {
  ...config,
  rootDir: root,
  testMatch: ['<rootDir>/spec/angular/**/*.spec.ts'],
  resolver: '<rootDir>/checks/angular-next/resolver.cjs',
};
