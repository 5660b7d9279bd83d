const path = require('node:path');
const { register } = require('tsx/cjs/api');

const root = path.resolve(__dirname, '../..');
const unregister = register();
const { default: config } = require('../../jest.config.ts');
unregister();

module.exports = {
  ...config,
  rootDir: root,
  roots: ['<rootDir>/checks/mutants', '<rootDir>/spec', '<rootDir>/src'],
  testMatch: ['<rootDir>/checks/mutants/all.cjs'],
  testEnvironment: path.join(__dirname, 'environment.cjs'),
  setupFiles: ['<rootDir>/checks/mutants/setup.cjs'],
};
