import { describe, expect, test } from '@jest/globals';
import { CITY, nobody } from '../../server/reader.ts';
import type { Reader, Role } from '../../server/reader.ts';
import { routes } from '../../server/routes.ts';

const citizen: Reader = { kind: 'citizen', username: 'warga', name: '', roles: [] };
const staff = (role: Role): Reader => ({ kind: 'staff', username: role, name: '', agency: CITY, roles: [role] });
const label = ({ method, path }: { readonly method: string; readonly path: string }): string => `${method.toUpperCase()} ${path}`;

/** Everything that a stranger may call. An address that appears here by mistake fails this test. */
const open = [
  'GET /livez',
  'GET /readyz',
  'POST /api/v1/session',
  'POST /oauth/token',
  'GET /oauth/jwks',
  'GET /api/v1/sign-in',
  'POST /api/v1/sign-in/codes',
  'GET /api/v1/sign-in/codes/caught',
  'POST /api/v1/sign-in/code',
  'GET /api/v1/sign-in/:provider',
  'GET /api/v1/sign-in/:provider/callback',
  'GET /api/v1/session',
  'GET /api/v1/agencies',
  'GET /api/v1/services',
  'GET /api/v1/services/:processDefinitionId',
  'GET /api/v1/verifications/:code',
  'GET /api/v1/document-links/:documentId',
  // who has the sealed address of one call; who signs with the agency's secret
  'POST /api/v1/callbacks/:token',
  'POST /api/v1/hooks/:hookId',
  'GET /v2/topology',
  'GET /v2/status',
  'GET /v2/license',
  'GET /cluster/v2/topology',
  'GET /cluster/v2/status',
  'GET /v2/openapi.json',
  'GET /v2/docs',
  'GET /api/v1/openapi.json',
  'GET /api/v1/docs',
  'GET /govstack/openapi.json',
  'GET /govstack/docs',
];

describe('every address says who may call it', () => {
  test('[AC1] the table is not empty and each route has a sentence', () => {
    expect(routes.length).toBeGreaterThan(80);
    for (const route of routes)
      expect({ route: label(route), says: route.allow.says.length }).not.toEqual({ route: label(route), says: 0 });
  });

  test('[AC1] no address is declared twice', () => {
    const labels = routes.map(label);
    expect(labels.filter((one, index) => labels.indexOf(one) !== index)).toEqual([]);
  });

  test('[AC2] strangers may call exactly the open addresses', () => {
    expect(
      routes
        .filter(({ allow }) => allow.holds(nobody))
        .map(label)
        .sort(),
    ).toEqual([...open].sort());
  });

  test('[AC3] citizens may call nothing of /v2 but what is open and who they are', () => {
    const reachable = routes.filter(({ allow, path }) => path.startsWith('/v2/') && allow.holds(citizen)).map(label);
    const pages = ['GET /v2/docs', 'GET /v2/openapi.json'];
    expect(reachable.sort()).toEqual(
      ['GET /v2/authentication/me', ...pages, 'GET /v2/license', 'GET /v2/status', 'GET /v2/topology'].sort(),
    );
  });

  test.each([
    ['evaluator', []],
    ['clerk', ['POST /v2/process-instances', 'POST /v2/user-tasks/:userTaskKey/assignment', 'POST /v2/user-tasks/:userTaskKey/completion']],
    ['analyst', ['POST /v2/deployments', 'POST /v2/process-instances']],
    [
      'integrator',
      ['POST /v2/jobs/activation', 'POST /v2/messages/publication', 'POST /v2/process-instances', 'POST /v2/signals/broadcast'],
    ],
    [
      'operator',
      [
        'POST /v2/incidents/:incidentKey/resolution',
        'POST /v2/jobs/activation',
        'POST /v2/messages/publication',
        'POST /v2/process-instances',
        'POST /v2/process-instances/:processInstanceKey/cancellation',
        'POST /v2/signals/broadcast',
      ],
    ],
  ] as const)('[AC4] of the commands that change the world, %s may call its own', (role, expected) => {
    const commands = [
      'POST /v2/deployments',
      'POST /v2/process-instances',
      'POST /v2/process-instances/:processInstanceKey/cancellation',
      'POST /v2/jobs/activation',
      'POST /v2/messages/publication',
      'POST /v2/signals/broadcast',
      'POST /v2/user-tasks/:userTaskKey/assignment',
      'POST /v2/user-tasks/:userTaskKey/completion',
      'POST /v2/incidents/:incidentKey/resolution',
    ];
    const allowed = routes.filter((route) => commands.includes(label(route)) && route.allow.holds(staff(role))).map(label);
    expect(allowed.sort()).toEqual([...expected].sort());
  });

  test('[AC3] a person without any role may change nothing of /v2', () => {
    const idle: Reader = { kind: 'staff', username: 'idle', name: '', agency: 'alpha', roles: [] };
    const changing = routes
      .filter(
        ({ method, path, allow }) =>
          method !== 'get' && path.startsWith('/v2/') && !/\/search$|\/statistics\/|\*rest$/.test(path) && allow.holds(idle),
      )
      .map(label);
    expect(changing.filter((one) => !routes.some((route) => label(route) === one && route.reads === 'nothing'))).toEqual([]);
  });
});
