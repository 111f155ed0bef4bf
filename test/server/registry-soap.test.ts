/** An agency whose contract is a WSDL with a schema of its own file: from its address to a step of a running process, over real SOAP. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { putAccount } from '../../server/accounts.ts';
import { startAlur } from '../../server/start.ts';
import type { Alur } from '../../server/start.ts';
import { callerOf, password } from './house.ts';
import type { Caller } from './house.ts';

jest.setTimeout(60_000);
const [data, empty] = ['data', 'processes'].map((name) => mkdtempSync(join(tmpdir(), `alur-soap-${name}-`))) as [string, string];

const xsd = `<?xml version="1.0"?><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:kua" xmlns:t="urn:kua" elementFormDefault="qualified">
<xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="http://www.w3.org/2001/xml.xsd"/>
<xs:simpleType name="Status"><xs:restriction base="xs:string"><xs:enumeration value="MENIKAH"/><xs:enumeration value="LAJANG"/></xs:restriction></xs:simpleType>
<xs:element name="CekStatusNikah"><xs:complexType><xs:sequence><xs:element name="nik" type="xs:string"/><xs:element name="tahun" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="CekStatusNikahResponse"><xs:complexType><xs:sequence><xs:element name="status" type="t:Status"/><xs:element name="sejak" type="xs:date" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="NikTidakDikenal"><xs:complexType><xs:sequence><xs:element name="pesan" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>`;
const wsdl = (
  field = '',
) => `<?xml version="1.0"?><!-- KUA --><wsdl:definitions name="Kua" targetNamespace="urn:kua:ws" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:kua" xmlns:w="urn:kua:ws">
<wsdl:types><xs:schema><xs:import namespace="urn:kua" schemaLocation="types/kua.xsd${field}"/></xs:schema></wsdl:types>
<wsdl:message name="ask"><wsdl:part name="p" element="t:CekStatusNikah"/></wsdl:message><wsdl:message name="answer"><wsdl:part name="p" element="t:CekStatusNikahResponse"/></wsdl:message>
<wsdl:message name="unknown"><wsdl:part name="p" element="t:NikTidakDikenal"/></wsdl:message>
<wsdl:portType name="KuaPort"><wsdl:operation name="CekStatusNikah"><wsdl:documentation>Status perkawinan seorang warga</wsdl:documentation><wsdl:input message="w:ask"/><wsdl:output message="w:answer"/><wsdl:fault name="unknown" message="w:unknown"/></wsdl:operation></wsdl:portType>
<wsdl:binding name="KuaBinding" type="w:KuaPort"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/><wsdl:operation name="CekStatusNikah"><soap:operation soapAction="urn:kua:cek"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output><wsdl:fault name="unknown"><soap:fault name="unknown" use="literal"/></wsdl:fault></wsdl:operation></wsdl:binding>
<wsdl:service name="Kua"><wsdl:port name="KuaPort" binding="w:KuaBinding"><soap:address location="https://kua.example.go.id/soap"/></wsdl:port></wsdl:service></wsdl:definitions>`;

const envelope = (body: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="urn:kua"><s:Body>${body}</s:Body></s:Envelope>`;
const heard: { url: string; action: string; body: string }[] = [];
const documents: Record<string, string> = {
  '/service.wsdl': wsdl(),
  '/types/kua.xsd': xsd,
  '/newer.wsdl': wsdl('?v=2'),
  '/types/kua.xsd?v=2': xsd.replace('<xs:element name="sejak" type="xs:date" minOccurs="0"/>', ''),
  '/page': '<!doctype html><html><body>Portal</body></html>',
  '/half.wsdl': wsdl().slice(0, 900),
  '/two.wsdl': '<description xmlns="http://www.w3.org/ns/wsdl"/>',
  '/bomb.wsdl': `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa">]>${wsdl().slice(21)}`,
  '/file.wsdl': wsdl().replace('types/kua.xsd', 'file:///etc/passwd'),
  '/inside.wsdl': wsdl().replace('types/kua.xsd', 'http://10.1.2.3/kua.xsd'),
  '/gone.wsdl': wsdl().replace('types/kua.xsd', 'nowhere.xsd'),
};
const agency = createServer((request, response) => {
  const url = request.url ?? '';
  if (request.method === 'GET') return void response.writeHead(documents[url] === undefined ? 404 : 200, { 'content-type': 'text/xml' }).end(documents[url]);
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    heard.push({ url, action: String(request.headers['soapaction']), body });
    const unknown = body.includes('>000<');
    const fault = `<s:Fault><faultcode>s:Server</faultcode><faultstring>Siti tidak dikenal</faultstring><detail><t:NikTidakDikenal><t:pesan>Siti</t:pesan></t:NikTidakDikenal></detail></s:Fault>`;
    const good = '<t:CekStatusNikahResponse><t:status>MENIKAH</t:status><t:sejak>2020-05-17</t:sejak></t:CekStatusNikahResponse>';
    response.writeHead(unknown ? 500 : 200, { 'content-type': 'text/xml' }).end(envelope(unknown ? fault : good));
  });
}); // prettier-ignore

const diagram = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://alur.example">
<bpmn:error id="e" errorCode="NIK_TIDAK_DIKENAL"/><bpmn:process id="marry" isExecutable="true"><bpmn:startEvent id="s"/>
<bpmn:serviceTask id="ask"><bpmn:extensionElements><zeebe:taskDefinition type="agency-call"/>
<zeebe:taskHeaders><zeebe:header key="agency" value="kua"/><zeebe:header key="operation" value="CekStatusNikah"/><zeebe:header key="errors" value="400:NIK_TIDAK_DIKENAL=NIK_TIDAK_DIKENAL, 500:NIK_TIDAK_DIKENAL=NIK_TIDAK_DIKENAL"/></zeebe:taskHeaders>
<zeebe:ioMapping><zeebe:input source="=nik" target="body.nik"/><zeebe:output source="=response.body.status" target="found"/></zeebe:ioMapping></bpmn:extensionElements></bpmn:serviceTask>
<bpmn:boundaryEvent id="b" attachedToRef="ask"><bpmn:errorEventDefinition id="bd" errorRef="e"/></bpmn:boundaryEvent>
<bpmn:userTask id="look"/><bpmn:userTask id="stranger"/><bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="ask"/><bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="look"/><bpmn:sequenceFlow id="f3" sourceRef="b" targetRef="stranger"/></bpmn:process></bpmn:definitions>`;

let alur: Alur;
let city: Caller;
let address: string;
const contract = '/api/v1/agencies/kua/contract';

/** the step that a new case waits at, and what it found; an incident fails the test with its message */
async function marry(nik: string): Promise<readonly [string, unknown]> {
  const made = await city('POST', '/v2/process-instances', { processDefinitionId: 'marry', variables: { nik } });
  const filter = { processInstanceKey: String(made.body['processInstanceKey']) };
  const { store } = alur.runtime;
  for (;;) {
    const [incident] = (await store.search('incidents', { filter })).items;
    if (incident !== undefined) throw new Error(String(incident['errorMessage']));
    const [task] = (await store.search('userTasks', { filter })).items;
    const [found] = (await store.search('variables', { filter: { ...filter, name: 'found' } })).items;
    if (task !== undefined) return [String(task['elementId']), found?.['value']];
    await new Promise((done) => setTimeout(done, 20));
  }
}

beforeAll(async () => {
  await new Promise<void>((done) => agency.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(agency.address() as AddressInfo).port}`;
  mkdirSync(join(empty, 'agencies'));
  const env = { PORT: '0', HOST: '127.0.0.1', ALUR_DATA: data, ALUR_QUEUE: 'in-process', ALUR_SANDBOX: 'false', ALUR_AGENCY_NETWORKS: '127.0.0.1/32' };
  alur = await startAlur(env, { log: () => undefined, processes: empty });
  await putAccount(alur.runtime.store, { username: 'city', name: 'city', realm: 'staff', agency: 'kota', roles: ['integrator', 'analyst', 'admin'] }, password);
  const made = await callerOf(alur.url, {})('POST', '/api/v1/session', { username: 'city', password });
  city = callerOf(alur.url, { cookie: (made.headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
  await city('PUT', '/api/v1/agencies/kua', { name: 'Kantor Urusan Agama', nameEn: 'Religious Affairs Office' });
  await city('PUT', '/api/v1/agencies/kua/connections/live', { url: `${address}/soap` });
  const form = new FormData();
  form.append('resources', new Blob([diagram]), 'marry.bpmn');
  expect((await city('POST', '/v2/deployments', form)).status).toBe(200);
}, 60_000); // prettier-ignore
afterAll(async () => {
  await alur.close();
  agency.closeAllConnections();
  agency.close();
  for (const folder of [data, empty]) rmSync(folder, { recursive: true, force: true });
});

describe('an agency whose contract is a WSDL', () => {
  test('[AP79] from its address to a step that is called over SOAP, its schema in another file', async () => {
    // given
    const seen = await city('POST', `${contract}/inspection`, { url: `${address}/service.wsdl` });
    expect(seen).toMatchObject({ status: 200, body: { format: 'wsdl-1.1', title: 'Kua', servers: ['https://kua.example.go.id/soap'] } });
    expect((seen.body['operations'] as readonly object[])[0]).toMatchObject({
      operationId: 'CekStatusNikah',
      summary: 'Status perkawinan seorang warga',
      inputs: [
        { place: 'body.nik', type: 'string', required: true },
        { place: 'body.tahun', type: 'integer', required: false },
      ],
      outputs: [
        { place: 'response.body.status', type: 'string', choices: ['MENIKAH', 'LAJANG'] },
        { place: 'response.body.sejak', required: false },
      ],
      errors: ['400:NIK_TIDAK_DIKENAL=NIK_TIDAK_DIKENAL', '500:NIK_TIDAK_DIKENAL=NIK_TIDAK_DIKENAL'],
    });
    const imported = await city('PUT', contract, { url: `${address}/service.wsdl`, operations: ['CekStatusNikah'] });
    expect(imported).toMatchObject({ status: 200, body: { version: 1, format: 'wsdl-1.1' } });
    const templates = await city('GET', '/api/v1/element-templates?language=en');
    expect(templates.body['items']).toMatchObject([{ id: 'agency.kua.CekStatusNikah', name: 'Religious Affairs Office: Status perkawinan seorang warga' }]); // prettier-ignore
    // when, then
    expect(await marry('3573')).toEqual(['look', '"MENIKAH"']);
    expect(heard.at(-1)).toMatchObject({ url: '/soap', action: '"urn:kua:cek"' });
    expect(heard.at(-1)?.body).toContain('<CekStatusNikah xmlns="urn:kua"><nik>3573</nik></CekStatusNikah>');
  });

  test('[AP79] a fault that the contract names is a BPMN error; its text goes nowhere', async () => {
    expect(await marry('000')).toEqual(['stranger', undefined]);
    const exchanges = await city('GET', '/api/v1/exchanges?agency=kua');
    expect(exchanges.text).toContain('NIK_TIDAK_DIKENAL');
    expect(exchanges.text).not.toContain('Siti');
  });

  test('[AP79] what a new version of its schema takes away is told, with the process that uses it', async () => {
    const seen = await city('POST', `${contract}/inspection`, { url: `${address}/newer.wsdl` });
    expect(seen.body).toMatchObject({
      same: false,
      breaking: true,
      changes: [{ operationId: 'CekStatusNikah', fields: [{ place: 'response.body.sejak', change: 'removed', breaking: true }] }],
      touched: [{ processDefinitionId: 'marry' }],
    });
    const refused = await city('PUT', contract, { url: `${address}/newer.wsdl`, operations: ['CekStatusNikah'] });
    expect(refused.status).toBe(409);
  });

  test('[AP79] its sandbox answers what the WSDL allows', async () => {
    const profile = { name: 'Kantor Urusan Agama', nameEn: 'Religious Affairs Office' };
    const before = heard.length;
    expect((await city('PUT', '/api/v1/agencies/kua', { ...profile, environment: 'sandbox' })).status).toBe(200);
    expect(await marry('3573')).toEqual(['look', '"MENIKAH"']);
    expect(heard.length).toBe(before);
    await city('PUT', '/api/v1/agencies/kua', { ...profile, environment: 'live' });
  });

  test.each([
    ['/page', 'Expected an OpenAPI document or a WSDL, but it is a web page; give the address of the document itself'],
    ['/half.wsdl', 'Expected a WSDL 1.1 document, but it cannot be read: '],
    ['/two.wsdl', 'it is WSDL 2.0; ask the agency to export it as WSDL 1.1'],
    ['/bomb.wsdl', 'Expected a WSDL without document type, but it has one'],
    ['/file.wsdl', 'Expected imports by http or https, but it imports file:///etc/passwd'],
    ['/inside.wsdl', 'Expected to fetch the document, but '],
    ['/gone.wsdl', 'Expected to fetch the document, but its address answered 404'],
    ['/types/kua.xsd', 'it is a schema alone; give the WSDL that uses it'],
  ])('[AP79] %s is refused with a sentence, and nothing is kept', async (path, sentence) => {
    const before = (await city('GET', contract)).body;
    const told = await city('PUT', contract, { url: address + path, operations: ['CekStatusNikah'] });
    expect([told.status, told.text]).toEqual([400, expect.stringContaining(sentence)]);
    expect((await city('GET', contract)).body).toEqual(before);
  });

  test('[AP79] an uploaded one whose schema lies elsewhere says what to do', async () => {
    const told = await city('POST', `${contract}/inspection`, { text: wsdl() });
    expect([told.status, told.text]).toEqual([400, expect.stringContaining('give the address of the WSDL, so that this is fetched too')]);
    const unknown = await city('PUT', contract, { url: `${address}/service.wsdl`, operations: ['Nope'] });
    expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining('offer the operation Nope')]);
  });
});
