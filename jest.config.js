const transform = {
  '^.+\\.tsx?$': [
    '@swc/jest',
    {
      jsc: {
        experimental: { keepImportAttributes: true },
        target: 'es2024',
        parser: { syntax: 'typescript', tsx: true },
        transform: { react: { runtime: 'automatic' } },
      },
      module: { type: 'es6' },
    },
  ],
};
const common = { transform, extensionsToTreatAsEsm: ['.ts', '.tsx'], testEnvironment: 'node', injectGlobals: false };

export default {
  maxWorkers: 2,
  // machines are noisy: no test asserts a time, so this only ends what hangs
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/browser/', '<rootDir>/test/crash/'],
    },
    { ...common, displayName: 'crash', testMatch: ['<rootDir>/test/crash/**/*.test.ts'] },
    { ...common, displayName: 'browser', testMatch: ['<rootDir>/test/browser/**/*.test.ts'] },
  ],
};
