/**
 * The Model Interchange Working Group's reference models: each comes through our reader and writer without losing an element,
 * an attribute or a coordinate; those that are meant to be executed run to their end or are refused by name.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BpmnModdle } from 'bpmn-moddle';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json' with { type: 'json' };
import { faithful } from '../../modeler/bpmn-io/faithful-moddle.ts';
import { isDefault } from './bpmn-defaults.ts';
import { judgeDiagram } from './judge-diagram.ts';
import type { Playbook } from './judge-diagram.ts';
import { findFiles } from './find-files.ts';
import { newTally } from './tally.ts';
import type { ConformanceSet } from './tally.ts';
import { differences, readTree } from './xml-tree.ts';
import type { XmlTree } from './xml-tree.ts';

const BPMN = '{http://www.omg.org/spec/BPMN/20100524/MODEL}';
const TYPE = '{http://www.w3.org/2001/XMLSchema-instance}type';

/** Models that are said to be executable. */
const playbook: Playbook = {
  refused: { 'C.8.1.bpmn': 'EXPRESSION_SYNTAX' },
  usual: {
    variables: {
      applicant: { name: 'Siti', email: 'siti@example.org', age: 40 },
      applicationNumber: 'A-1',
      approved: true,
      corporation: 'Insurance',
      documentReferenceId: 'document-1',
      documents: ['identity'],
      fraudSuspectedId: 'fraud-1',
      risks: ['age'],
    },
  },
  plays: {
    'C.9.0.bpmn': {
      mocks: { decisions: { risk_check: { riskLevel: ['yellow'], risk: ['age'] } } },
      companions: ['C.9.1.bpmn', 'C.9.2.bpmn'],
    },
  },
};

/** formalExpression is expression with its type written as the element's name: the schema lets one stand for the other. */
function withPlainExpressions(tree: XmlTree): XmlTree {
  const formal = tree.name === `${BPMN}formalExpression`;
  const attributes = new Map(
    [...tree.attributes].map(([name, value]) => [name, name === TYPE ? value.replace(/^.*:/, '') : value] as const),
  );
  if (formal) attributes.set(TYPE, 'tFormalExpression');
  return { ...tree, attributes, name: formal ? `${BPMN}expression` : tree.name, children: tree.children.map(withPlainExpressions) };
}

/** The reader and writer that the modeler uses. */
async function lossOf(xml: string): Promise<readonly string[]> {
  const moddle = faithful(new BpmnModdle({ zeebe }));
  const { rootElement } = await moddle.fromXML(xml);
  const { xml: written } = await moddle.toXML(rootElement, { format: true });
  return differences(withPlainExpressions(readTree(xml)), withPlainExpressions(readTree(written)), { isDefault });
}

export const set: ConformanceSet = async (folder) => {
  const root = join(folder, 'bpmn-miwg', 'Reference');
  const files = findFiles(root, /\.bpmn$/);
  if (files === null) return null;
  const tally = newTally();
  for (const file of files) {
    const loss = await lossOf(readFileSync(join(root, file), 'utf8'));
    const id = `interchange ${file}`;
    if (loss.length === 0) tally.passed.push(id);
    else tally.failed.push({ id, why: loss.join('; ') });
    if (/^C\.(?:8\.1|9)/.test(file)) await judgeDiagram(tally, { id: `execution ${file}`, path: join(root, file), file }, playbook);
  }
  return tally;
};
