/** What must be so for every shipped service, read from its files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { compile } from '../../engine/index.ts';
import { readOperations } from '../../workers/openapi.ts';
import { readWsdl } from '../../workers/wsdl.ts';

const processes = join(import.meta.dirname, '../../processes');
const agenciesFolder = join(processes, 'agencies');
const agencies = readdirSync(agenciesFolder);
const operationsOf = async (agency: string): Promise<Iterable<string>> => {
  const wsdl = join(agenciesFolder, agency, 'service.wsdl');
  if (existsSync(wsdl)) return (await readWsdl(agency, [readFileSync(wsdl, 'utf8')])).keys();
  return readOperations(
    agency,
    parse(readFileSync(join(agenciesFolder, agency, 'openapi.yaml'), 'utf8')) as Record<string, unknown>,
  ).keys();
};
/** is answered by people alone */
const withoutCalls = ['complaint'];
const services = readdirSync(processes).filter((name) => name !== 'agencies');

interface Service {
  readonly xml: string;
  readonly forms: ReadonlyMap<string, { readonly components: readonly Record<string, unknown>[] }>;
}

function read(name: string): Service {
  const files = readdirSync(join(processes, name));
  const bpmn = files.find((file) => file.endsWith('.bpmn'))!;
  const forms = files
    .filter((file) => file.endsWith('.form'))
    .map((file) => JSON.parse(readFileSync(join(processes, name, file), 'utf8')) as { id: string; components: Record<string, unknown>[] });
  return { xml: readFileSync(join(processes, name, bpmn), 'utf8'), forms: new Map(forms.map((form) => [form.id, form])) };
}

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1]!);

test.each(agencies)('[SH1] agency %s says who it is in both languages', (id) => {
  const agency = JSON.parse(readFileSync(join(agenciesFolder, id, 'agency.json'), 'utf8')) as Record<string, string>;
  expect(Object.keys(agency)).toEqual(['agencyId', 'name', 'nameEn', 'kind', 'description', 'descriptionEn']);
  expect(agency['agencyId']).toBe(id);
  expect(['agency', 'provider']).toContain(agency['kind']);
});

describe.each(services)('%s', (name) => {
  const { xml, forms } = read(name);

  test('[SH2] is accepted by the compiler without a warning', async () => {
    expect(await compile(xml)).toMatchObject({ ok: true, problems: [] });
  });

  test('[SH3] every agency call names an operation that the agency has, every agency exists', async () => {
    const calls = [...xml.matchAll(/<zeebe:header key="agency" value="([^"]+)" \/>\s*<zeebe:header key="operation" value="([^"]+)" \/>/g)];
    expect(calls.length > 2).toBe(!withoutCalls.includes(name));
    for (const [, agency, operation] of calls) expect([...(await operationsOf(agency!))]).toContain(operation);
    expect(calls.length).toBe(all(xml, /<zeebe:taskDefinition type="(agency-call)"/g).length);
    for (const agency of all(xml, /<zeebe:property name="alur:agency" value="([^"]+)"/g))
      expect([...agencies, 'citizen']).toContain(agency);
  });

  test('[SH4] every form is there, and none is left over', () => {
    expect([...new Set(all(xml, /formId="([^"]+)"/g))].sort()).toEqual([...forms.keys()].sort());
  });

  test('[SH5] every word that people read exists in English', () => {
    for (const { components } of forms.values()) {
      for (const component of components) {
        const english = component['properties'] as Record<string, string>;
        expect({ component: component['id'], english: english['label.en'] ?? english['text.en'] }).toEqual({
          component: component['id'],
          english: expect.stringMatching(/\S/),
        });
        if (component['description'] !== undefined) expect(english['description.en']).toMatch(/\S/);
        for (const option of (component['values'] ?? []) as Record<string, string>[]) expect(option['label.en']).toMatch(/\S/);
      }
    }
    const named = [
      ...xml.matchAll(
        /<bpmn:(userTask|serviceTask|businessRuleTask|startEvent|endEvent|intermediateCatchEvent|lane) id="([^"]+)" name="[^"]*"[^>]*>(.*?)<\/bpmn:\1>/gs,
      ),
    ];
    expect(named.length).toBeGreaterThan(10);
    for (const [, , id, inner] of named) expect({ id, english: inner!.includes('alur:label.en') }).toEqual({ id, english: true });
  });

  test('[SH6] four to six stages for the citizen, an outcome on every end that ends the case', () => {
    const phases = new Set(all(xml, /name="alur:phase" value="([^"]+)"/g));
    expect(phases.size).toBeGreaterThanOrEqual(4);
    expect(phases.size).toBeLessThanOrEqual(6);
    expect(new Set(all(xml, /name="alur:phase.en" value="([^"]+)"/g)).size).toBe(phases.size);
  });

  test('[SH7] the drawing is tidy: no shape overlaps another, every line runs level or upright', () => {
    const shapes = [
      ...xml.matchAll(
        /<bpmndi:BPMNShape id="[^"]+" bpmnElement="([^"]+)"[^>]*>\s*<dc:Bounds x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g,
      ),
    ].map(([, id, ...box]) => ({ id: id!, box: box.map(Number) as [number, number, number, number] }));
    const boundary = new Set(all(xml, /<bpmn:boundaryEvent id="([^"]+)"/g));
    const nodes = shapes.filter(({ id }) => !/^(pool|lane)-/.test(id) && !boundary.has(id));
    const overlaps = nodes.flatMap((a, index) =>
      nodes
        .slice(index + 1)
        .filter((b) => meet(a.box, b.box))
        .map((b) => `${a.id} × ${b.id}`),
    );
    expect(overlaps).toEqual([]);
    for (const edge of all(xml, /<bpmndi:BPMNEdge [^>]*>(.*?)<\/bpmndi:BPMNEdge>/gs)) {
      const points = [...edge.matchAll(/<di:waypoint x="([\d.]+)" y="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
      for (const [index, point] of points.slice(1).entries())
        expect(point[0] === points[index]![0] || point[1] === points[index]![1]).toBe(true);
    }
  });
});

type Box = readonly [x: number, y: number, width: number, height: number];
const meet = ([ax, ay, aw, ah]: Box, [bx, by, bw, bh]: Box): boolean => ax < bx + bw && bx < ax + aw && ay < by + bh && by < ay + ah;
