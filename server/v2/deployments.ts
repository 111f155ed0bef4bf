import type { Row } from '../../runtime/collections.ts';
import { deploys } from '../policy.ts';
import { Problem, accepted } from '../problem.ts';
import { mayOwn } from '../reach.ts';
import { actorOf } from '../reader.ts';
import { ok } from '../reply.ts';
import type { Asked, Route, Upload } from '../route.ts';
import type { Resource } from '../../runtime/runtime.ts';
import { TENANT, showDecisionDefinition, showDecisionRequirements, showForm, showResource } from './show.ts';

/** An alert text decoder: bytes that are no UTF-8 are kept as bytes, not silently replaced. */
function resourceOf({ name, bytes }: Upload): Resource {
  try {
    return { name, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { name, text: Buffer.from(bytes).toString('base64'), encoding: 'base64' };
  }
}

async function deploy({ context, files, reader }: Asked) {
  if (files.length === 0) throw new Problem('INVALID_ARGUMENT', 'Expected at least one file in the field "resources", but there is none');
  const deployment = accepted(await context.runtime.deploy(files.map(resourceOf), actorOf(reader), mayOwn(reader)));
  const deployments = [
    ...deployment.processes.map((row) => entry('processDefinition', processResult(row))),
    ...deployment.decisions.map((row) => entry('decisionDefinition', showDecisionDefinition(row))),
    ...deployment.requirements.map((row) => entry('decisionRequirements', showDecisionRequirements(row))),
    ...deployment.forms.map((row) => entry('form', showForm(row))),
    ...deployment.resources.map((row) => entry('resource', showResource(row))),
  ];
  return ok({ tenantId: TENANT, deploymentKey: deployment.deploymentKey, deployments, warnings: deployment.warnings });
}

/** all kinds are there, one is filled */
function entry(kind: string, value: object): object {
  return { processDefinition: null, decisionDefinition: null, decisionRequirements: null, form: null, resource: null, [kind]: value };
}

function processResult(row: Row): object {
  return {
    processDefinitionId: row['processDefinitionId'],
    processDefinitionVersion: row['version'],
    resourceName: row['resourceName'],
    tenantId: TENANT,
    processDefinitionKey: row['processDefinitionKey'],
  };
}

export const deploymentRoutes: readonly Route[] = [
  { method: 'post', path: '/v2/deployments', creates: true, allow: deploys, records: 'house', reads: 'files', handler: deploy },
];
