import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { borders } from './borders.js';

const browser = ['ui', 'modeler', 'inbox', 'portal', 'console'];

/** One lint block per room: what it may import (borders.js holds the table; test/architecture.test.ts reads the same one). */
const borderRules = Object.entries(borders).map(([room, { rooms, packages }]) => ({
  files: [`${room}/**/*.{ts,tsx}`],
  ignores: ['server/main.ts', 'server/start.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^(\\.\\./)+(${Object.keys(borders)
              .filter((other) => other !== room && !rooms.includes(other))
              .join('|')})/`,
            message: `${room}/ may import only from: ${[room, ...rooms].join(', ')} (design: imports point one way).`,
          },
          ...(packages === 'any'
            ? []
            : [
                {
                  regex: `^(?!\\.)(?!(${packages.join('|')})(/|$))`,
                  message: `${room}/ may import only these packages: ${packages.join(', ') || 'none'}.`,
                },
              ]),
        ],
      },
    ],
  },
}));

const pure = ['engine/**/*.ts', 'forms/**/*.ts'];

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'data', 'coverage', 'test-results', '**/*.d.ts'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'max-depth': ['error', 4],
      'prefer-const': 'error',
      eqeqeq: ['error', 'always'],
    },
  },
  // a table, read by searching in it
  { files: ['runtime/collections.ts'], rules: { 'max-lines': 'off' } },
  // the engine is pure (law 1): no clock, no randomness, no I/O
  {
    files: pure,
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time comes in with the command.' },
        { object: 'Math', property: 'random', message: 'No randomness in the engine.' },
        { object: 'performance', property: 'now', message: 'Time comes in with the command.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time comes in with the command.' },
      ],
      'no-restricted-globals': ['error', 'fetch', 'setTimeout', 'setInterval', 'process', 'console', 'document', 'window'],
    },
  },
  { files: browser.map((room) => `${room}/**/*.tsx`), ...jsxA11y.flatConfigs.recommended },
  {
    files: browser.map((room) => `${room}/**/*.{ts,tsx}`),
    plugins: { 'react-hooks': reactHooks },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'warn' },
  },
  { files: ['test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts', 'demo/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  ...borderRules,
);
