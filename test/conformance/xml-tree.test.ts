import { describe, expect, test } from '@jest/globals';
import { isDefault } from '../../scripts/conformance/bpmn-defaults.ts';
import { differences, readTree } from '../../scripts/conformance/xml-tree.ts';

const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const lost = (before: string, after: string): readonly string[] => differences(readTree(before), readTree(after), { isDefault });

describe('two XML texts as trees', () => {
  test('[CF3] prefixes, order of attributes, white space and comments are no difference', () => {
    const one = `<?xml version="1.0"?><a:task xmlns:a="${BPMN}" id="t" name="T"><a:incoming>f</a:incoming></a:task>`;
    const other = `<task name="T" id="t" xmlns="${BPMN}"> <!-- here --> <incoming> f </incoming>\n</task>`;
    expect(lost(one, other)).toEqual([]);
  });

  test('[CF4] an attribute, an element, a text and a coordinate that are gone or changed are told with their place', () => {
    const whole = `<m xmlns="${BPMN}" id="m" x="10"><p id="p" name="P"><d>text</d></p><q id="q"/></m>`;
    expect(lost(whole, whole.replace(' name="P"', ''))).toEqual(['m/p[p]: attribute name="P" is lost']);
    expect(lost(whole, whole.replace('<q id="q"/>', ''))).toEqual(['m/q[q]: element is lost']);
    expect(lost(whole, whole.replace('text', 'other'))).toEqual(['m/p[p]/d[1]: text was "text", but is "other"']);
    expect(lost(whole, whole.replace('"10"', '"11"'))).toEqual(['m: attribute x was "10", but is "11"']);
  });

  test('[CF4] white space inside a value is part of it', () => {
    expect(lost('<a name="one&#13;two"/>', '<a name="one two"/>')).toHaveLength(1);
  });

  test('[CF3] a namespace is part of the name', () => {
    expect(lost('<a:x xmlns:a="urn:1"><a:y/></a:x>', '<a:x xmlns:a="urn:1"><b:y xmlns:b="urn:2"/></a:x>')).toHaveLength(1);
  });

  test('[CF4] numbers may be written otherwise, elements of one name keep their order', () => {
    expect(lost('<a w="10.0"/>', '<a w="10"/>')).toEqual([]);
    expect(lost('<a><b id="1"/><b id="2"/></a>', '<a><b id="2"/><b id="1"/></a>')).toHaveLength(2);
    expect(lost('<a><b/><c/></a>', '<a><c/><b/></a>')).toEqual([]);
  });

  test('[CF4] only a default value of the schema may be left out', () => {
    const task = (quantity: number): string => `<task xmlns="${BPMN}" startQuantity="${quantity}"/>`;
    expect(lost(task(1), `<task xmlns="${BPMN}"/>`)).toEqual([]);
    expect(lost(task(2), `<task xmlns="${BPMN}"/>`)).toHaveLength(1);
    expect(lost('<task xmlns="urn:else" startQuantity="1"/>', '<task xmlns="urn:else"/>')).toHaveLength(1);
  });
});
