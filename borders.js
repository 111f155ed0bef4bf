/**
 * Who may import what. Read by ESLint (as you type) and by test/architecture.test.ts (so that nobody can switch it off by a comment).
 * `packages: 'any'` = any dependency of package.json. Node's own modules count as packages: `node:…`.
 */
const react = ['react', 'react-dom', 'react-router', '@tanstack/react-query', 'i18next', 'react-i18next', '@fontsource/inter'];
const bpmnIo = [
  'bpmn-js',
  'diagram-js',
  'bpmn-js-properties-panel',
  '@bpmn-io',
  'camunda-bpmn-js-behaviors',
  'bpmn-js-create-append-anything',
  'bpmn-js-element-templates',
  'diagram-js-minimap',
  'zeebe-bpmn-moddle',
  'bpmn-moddle',
  'dmn-js',
  'min-dash',
  'min-dom',
  'tiny-svg',
];

export const borders = {
  engine: { rooms: [], packages: ['bpmn-moddle', 'zeebe-bpmn-moddle', 'dmn-moddle'] },
  forms: { rooms: ['engine'], packages: [] },
  runtime: {
    rooms: ['engine', 'workers'],
    packages: ['node:.*', 'bullmq', 'ioredis', 'mongoose', 'mongodb', 'bpmn-engine', 'zod', 'pino', 'cron-parser', 'cockatiel'],
  },
  scenarios: { rooms: ['engine', 'runtime', 'workers'], packages: ['node:.*', 'zod'] },
  server: {
    rooms: ['engine', 'runtime', 'forms'],
    packages: [
      'node:.*',
      'express',
      'express-rate-limit',
      'helmet',
      'multer',
      'zod',
      'pino',
      '@node-rs/argon2',
      'yaml',
      'jose',
      'openid-client',
    ],
  },
  workers: {
    rooms: [],
    packages: [
      'node:.*',
      'undici',
      'ipaddr.js',
      'soap',
      'fast-xml-parser',
      'pdfkit',
      'qrcode',
      'yaml',
      'ajv',
      'ajv-formats',
      'zod',
      'pino',
      '@bpmn-io/element-templates-validator',
      '@seriousme/openapi-schema-validator',
      'nodemailer',
    ],
  },
  sandbox: { rooms: [], packages: ['node:.*', 'express', 'yaml', 'ajv', 'ajv-formats', 'undici', 'soap'] },
  ui: { rooms: ['forms', 'engine'], packages: [...react, ...bpmnIo] },
  modeler: { rooms: ['ui', 'engine'], packages: [...react, ...bpmnIo] },
  console: { rooms: ['ui'], packages: react },
  inbox: { rooms: ['ui'], packages: react },
  portal: { rooms: ['ui'], packages: react },
};

/** The composition root knows everybody; nobody imports it but programs and tests. */
export const roots = ['server/main.ts', 'server/start.ts'];

/** Inside the engine, packages are for the compiler alone. */
export const engineCompiler = /^engine\/(compile|dmn)\b/;
