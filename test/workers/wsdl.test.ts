/** What agencies' schemas say, kept to in both directions: one operation over a stand-in for the agency. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { readContract } from '../../workers/contracts/read-contract.ts';
import type { Json } from '../../workers/job.ts';
import { virtualSoap } from '../../sandbox/virtual-soap.ts';
import { answersOf } from '../../workers/wsdl/answers.ts';
import { callerOf, jobFor, standIn } from './agency-support.ts';

const open: { close(): Promise<unknown> }[] = [];
afterAll(async () => void (await Promise.all(open.map((one) => one.close()))));

interface Style {
  readonly form?: 'qualified' | 'unqualified';
  readonly style?: 'document' | 'rpc';
}

/** `types`: with the elements Op and OpResponse, or the types In and Out for the style `rpc` */
function wsdlOf(types: string, { form = 'qualified', style = 'document' }: Style = {}): string {
  const part = (element: string, type: string): string => (style === 'rpc' ? `type="t:${type}"` : `element="t:${element}"`);
  const use = style === 'rpc' ? '<soap:body use="literal" namespace="urn:rpc"/>' : '<soap:body use="literal"/>';
  return `<wsdl:definitions name="S" targetNamespace="urn:a" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:a">
<wsdl:types><xs:schema targetNamespace="urn:a" elementFormDefault="${form}">${types}</xs:schema></wsdl:types>
<wsdl:message name="i"><wsdl:part name="p" ${part('Op', 'In')}/></wsdl:message><wsdl:message name="o"><wsdl:part name="p" ${part('OpResponse', 'Out')}/></wsdl:message>
<wsdl:portType name="P"><wsdl:operation name="Op"><wsdl:input message="t:i"/><wsdl:output message="t:o"/></wsdl:operation></wsdl:portType>
<wsdl:binding name="B" type="t:P"><soap:binding style="${style}" transport="http://schemas.xmlsoap.org/soap/http"/><wsdl:operation name="Op"><soap:operation soapAction="x"/><wsdl:input>${use}</wsdl:input><wsdl:output>${use}</wsdl:output></wsdl:operation></wsdl:binding>
<wsdl:service name="S"><wsdl:port name="P" binding="t:B"><soap:address location="http://x.example/"/></wsdl:port></wsdl:service></wsdl:definitions>`;
}

const element = (name: string, parts: string): string =>
  `<xs:element name="${name}"><xs:complexType><xs:sequence>${parts}</xs:sequence></xs:complexType></xs:element>`;
const anyAnswer = element('OpResponse', '<xs:element name="x" type="xs:string" minOccurs="0"/>');
const anyRequest = element('Op', '<xs:element name="x" type="xs:string" minOccurs="0"/>');
const ANSWER = '<t:OpResponse/>';

interface Went {
  /** what stood in the body of the envelope */
  readonly sent: string;
  /** the answer as JSON, or the failure's sentence */
  readonly got: Json;
}

async function call(wsdl: string, { body, answer = ANSWER }: { readonly body: Json; readonly answer?: string }): Promise<Went> {
  const envelope = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="urn:a" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><s:Body>${answer}</s:Body></s:Envelope>`;
  const agency = await standIn((_, response) => void response.writeHead(200, { 'content-type': 'text/xml' }).end(envelope));
  const caller = callerOf({ kind: 'wsdl', hash: '1', texts: [wsdl] }, { url: agency.url, trusted: true });
  open.push(agency, caller);
  const job = jobFor('Op', { variables: { body } });
  const got = await caller.handler(job, new AbortController().signal).then(
    (result) => (result as { readonly response: { readonly body: Json } }).response.body,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return { sent: /<soap:Body>(.*)<\/soap:Body>/s.exec(agency.hits[0]?.body ?? '')?.[1] ?? '', got };
}

const inputsOf = async (wsdl: string): Promise<readonly string[]> => {
  const [operation] = (await readContract(wsdl)).operations;
  return operation!.inputs.map(({ place, type, required }) => `${place} ${type}${required ? ' *' : ''}`);
};

describe('types of a WSDL', () => {
  test('[AP87] parts go out in the order of the schema, however the diagram wrote them', async () => {
    const wsdl = wsdlOf(element('Op', '<xs:element name="nik" type="xs:string"/><xs:element name="tahun" type="xs:int"/>') + anyAnswer);
    const { sent } = await call(wsdl, { body: { tahun: 2026, nik: '1<2' } });
    expect(sent).toBe('<Op xmlns="urn:a"><nik>1&lt;2</nik><tahun>2026</tahun></Op>');
  });

  test('[AP87] a day stays the day that the agency wrote, with its zone or without; what is none is not sent', async () => {
    const parts = '<xs:element name="lahir" type="xs:date"/><xs:element name="pukul" type="xs:dateTime"/>';
    const wsdl = wsdlOf(element('Op', parts) + element('OpResponse', parts));
    const days = { lahir: '1990-01-02', pukul: '2026-01-01T08:00:00' };
    const answer = '<t:OpResponse><t:lahir>1990-01-02+07:00</t:lahir><t:pukul>2026-01-01T08:00:00</t:pukul></t:OpResponse>';
    expect((await call(wsdl, { body: days, answer })).got).toEqual({ lahir: '1990-01-02+07:00', pukul: '2026-01-01T08:00:00' });
    expect(await call(wsdl, { body: { ...days, lahir: '2 January' } })).toMatchObject({ sent: '', got: expect.stringContaining('/lahir') });
  });

  test('[AP87] a type with a pattern and a length takes what keeps to them', async () => {
    const nik =
      '<xs:simpleType name="Nik"><xs:restriction base="xs:string"><xs:pattern value="[0-9]{16}"/></xs:restriction></xs:simpleType>';
    const wsdl = wsdlOf(nik + element('Op', '<xs:element name="nik" type="t:Nik"/>') + anyAnswer);
    expect((await call(wsdl, { body: { nik: '3573010101900001' } })).sent).toContain('<nik>3573010101900001</nik>');
    expect(await call(wsdl, { body: { nik: '123' } })).toMatchObject({ sent: '', got: expect.stringContaining('/nik must match pattern') });
  });

  test('[AP87] a number with more digits than can be kept is a drift of the contract, and never another number', async () => {
    const wsdl = wsdlOf(anyRequest + element('OpResponse', '<xs:element name="n" type="xs:long"/>'));
    const answer = (n: string): string => `<t:OpResponse><t:n>${n}</t:n></t:OpResponse>`;
    expect((await call(wsdl, { body: {}, answer: answer('3573010101900001') })).got).toEqual({ n: 3573010101900001 });
    expect((await call(wsdl, { body: {}, answer: answer('9403010101900001') })).got).toContain('/n must be integer');
  });

  test('[AP87] a type may hold itself; parts of a choice are each optional, and what is optional in one place is demanded in another', async () => {
    const person = '<xs:complexType name="P"><xs:sequence><xs:element name="nama" type="xs:string"/><xs:element name="anak" type="t:P" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>';
    const choice = '<xs:choice><xs:element name="nik" type="xs:string"/><xs:element name="nop" type="xs:string"/></xs:choice>';
    const wsdl = wsdlOf(person + element('Op', `<xs:element name="p" type="t:P"/>${choice}`) + element('OpResponse', '<xs:element name="nik" type="xs:string"/><xs:element name="p" type="t:P"/>'), { form: 'unqualified' });
    expect(await inputsOf(wsdl)).toEqual(['body.p.nama string *', 'body.p.anak array', 'body.nik string', 'body.nop string']);
    const body = { nop: '7', p: { anak: [{ nama: 'B' }, { nama: 'C' }], nama: 'A' } };
    const p = '<p><nama>A</nama><anak><nama>B</nama></anak></p>';
    const { sent, got } = await call(wsdl, { body, answer: `<t:OpResponse><nik>1</nik>${p}</t:OpResponse>` });
    expect(sent).toBe('<Op xmlns="urn:a"><p xmlns=""><nama>A</nama><anak><nama>B</nama></anak><anak><nama>C</nama></anak></p><nop xmlns="">7</nop></Op>');
    expect(got).toEqual({ nik: '1', p: { nama: 'A', anak: [{ nama: 'B' }] } });
    expect((await call(wsdl, { body, answer: `<t:OpResponse>${p}</t:OpResponse>` })).got).toContain("must have required property 'nik'");
  }); // prettier-ignore

  test('[AP87] attributes, values with attributes and inherited parts are fields; strangers are not sent and not kept', async () => {
    const types = `<xs:complexType name="Base"><xs:sequence><xs:element name="id" type="xs:string"/></xs:sequence></xs:complexType>
<xs:complexType name="D"><xs:complexContent><xs:extension base="t:Base"><xs:sequence><xs:element name="harga" type="t:M"/></xs:sequence><xs:attribute name="jenis" type="xs:string" use="required"/></xs:extension></xs:complexContent></xs:complexType>
<xs:complexType name="M"><xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="mata" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType>`;
    const wsdl = wsdlOf(
      types + element('Op', '<xs:element name="d" type="t:D"/>') + element('OpResponse', '<xs:element name="d" type="t:D"/>'),
    );
    const d = { jenis: 'tanah "A"', harga: { mata: 'IDR', value: 10.5 }, id: '1' };
    const answer = '<t:OpResponse><t:d jenis="x"><t:id>1</t:id><t:harga mata="IDR">10.5</t:harga><t:baru>?</t:baru></t:d></t:OpResponse>';
    const { sent, got } = await call(wsdl, { body: { d }, answer });
    expect(sent).toBe('<Op xmlns="urn:a"><d jenis="tanah &quot;A&quot;"><id>1</id><harga mata="IDR">10.5</harga></d></Op>');
    expect(got).toEqual({ d: { jenis: 'x', id: '1', harga: { mata: 'IDR', value: 10.5 } } });
    expect(await call(wsdl, { body: { d: { ...d, asing: 1 } } })).toMatchObject({
      sent: '',
      got: expect.stringContaining('knows no field asing'),
    });
  });

  test('[AP87] nothing is sent and read as nothing, where the schema allows it', async () => {
    const part = (nil: string): string => `<xs:element name="a" type="xs:string"${nil}/>`;
    const wsdl = wsdlOf(element('Op', part(' nillable="true"')) + element('OpResponse', part(' nillable="true"')));
    const answer = '<t:OpResponse><t:a xsi:nil="true"/></t:OpResponse>';
    expect(await call(wsdl, { body: { a: null }, answer })).toEqual({
      sent: '<Op xmlns="urn:a"><a xsi:nil="true"/></Op>',
      got: { a: null },
    });
    const strict = wsdlOf(element('Op', part('')) + element('OpResponse', part('')));
    expect((await call(strict, { body: { a: null }, answer })).sent).toBe('');
    expect((await call(strict, { body: { a: '' }, answer })).got).toContain('/a must be string');
  });

  test('[AP87] an answer without parts is one; the style rpc names its parts without a namespace', async () => {
    const empty = wsdlOf(`${anyRequest}<xs:element name="OpResponse"><xs:complexType/></xs:element>`);
    expect((await call(empty, { body: {} })).got).toEqual({});
    const type = (name: string): string => `<xs:complexType name="${name}"><xs:sequence><xs:element name="n" type="xs:int"/></xs:sequence></xs:complexType>`;
    const rpc = wsdlOf(type('In') + type('Out'), { style: 'rpc' });
    const { sent, got } = await call(rpc, { body: { p: { n: 1 } }, answer: '<t:OpResponse><p><t:n>2</t:n></p></t:OpResponse>' });
    expect(sent).toMatch(/^<(?:\w+:)?Op[^>]*><p><n xmlns="urn:a">1<\/n><\/p><\/(?:\w+:)?Op>$/);
    expect(got).toEqual({ p: { n: 2 } });
  }); // prettier-ignore

  test('[AP87] groups that hold each other without end are refused with a sentence; a type based on itself ends', async () => {
    const groups = Array.from({ length: 23 }, (_, n) => `<xs:group name="g${n}"><xs:sequence><xs:group ref="t:g${n + 1}"/><xs:group ref="t:g${n + 1}"/></xs:sequence></xs:group>`).join('');
    const bomb = wsdlOf(groups + element('Op', '<xs:group ref="t:g0"/>') + anyAnswer);
    await expect(readContract(bomb)).rejects.toThrow('Expected schemas that unfold to up to');
    const ring = wsdlOf(`<xs:simpleType name="R"><xs:restriction base="t:R"/></xs:simpleType>${element('Op', '<xs:element name="r" type="t:R"/>')}${anyAnswer}`);
    expect(await inputsOf(ring)).toEqual(['body.r any *']);
  }); // prettier-ignore

  test('[AP87] its sandbox answers what the schema allows: patterns, days, types that hold themselves', async () => {
    const types = '<xs:simpleType name="Nik"><xs:restriction base="xs:string"><xs:pattern value="[0-9]{16}"/></xs:restriction></xs:simpleType><xs:complexType name="P"><xs:sequence><xs:element name="nik" type="t:Nik"/><xs:element name="lahir" type="xs:date"/><xs:element name="anak" type="t:P" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>';
    const wsdl = wsdlOf(anyRequest + types + element('OpResponse', '<xs:element name="p" type="t:P"/>'));
    const { createServer } = await import('node:http');
    const server = createServer(await virtualSoap([wsdl], await answersOf([wsdl])));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    open.push({ close: () => new Promise((done) => (server.close(done), server.closeAllConnections())) });
    const { port } = server.address() as { readonly port: number };
    const caller = callerOf({ kind: 'wsdl', hash: '1', texts: [wsdl] }, { url: `http://127.0.0.1:${port}`, trusted: true });
    open.push(caller);
    const result = await caller.handler(jobFor('Op', { variables: { body: {} } }), new AbortController().signal);
    expect(result).toMatchObject({ response: { body: { p: { nik: expect.stringMatching(/^\d{16}$/), lahir: '2026-01-15' } } } });
  }); // prettier-ignore
});
