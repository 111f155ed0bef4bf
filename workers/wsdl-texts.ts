/**
 * A WSDL with the documents that it imports, as one list of texts: the first is the WSDL, each import names another one by `http://contract.invalid/<n>`.
 * LAW: what a document imports is fetched once, when somebody brings the contract, through the network guard; a call fetches nothing.
 */
import { fault } from './contracts/problem.ts';

export const PLACE = 'http://contract.invalid/';

export interface Reach {
  /** where the first text came from; undefined: somebody uploaded it */
  readonly from?: string | undefined;
  /** the text behind an address, through the network guard. Rejects with a ContractProblem. */
  readonly fetchText?: ((url: string) => Promise<string>) | undefined;
}

const MOST_DOCUMENTS = 20;
/** characters of all documents together */
const LONGEST = 2_000_000;
const LOCATION = /(<(?:[\w.-]+:)?(?:import|include|redefine)\b[^>]*?)\s(schemaLocation|location)\s*=\s*("[^"]*"|'[^']*')/gi;
/** what these describe is SOAP's and XML's own; the library knows it */
const KNOWN = /^https?:\/\/(?:www\.w3\.org|schemas\.xmlsoap\.org)\//i;

/** Throws ContractProblem when something imported cannot be had. */
export async function gatherTexts(text: string, { from, fetchText }: Reach): Promise<readonly string[]> {
  const places = [from ?? ''];
  const texts: string[] = [];
  for (let at = 0; at < places.length; at += 1) {
    if (at >= MOST_DOCUMENTS) throw fault('', `Expected a WSDL of up to ${MOST_DOCUMENTS} documents, but it imports more`);
    const one = at === 0 ? text : await fetched(places[at] ?? '', fetchText);
    texts.push(withPlaces(one, places[at] ?? '', places));
    const length = texts.reduce((sum, { length }) => sum + length, 0);
    if (length > LONGEST) throw fault('', `Expected a WSDL of up to ${LONGEST} characters with what it imports, but it has ${length}`);
  }
  return texts;
}

async function fetched(url: string, fetchText: Reach['fetchText']): Promise<string> {
  if (fetchText === undefined) throw fault('', `Expected one WSDL with its schemas inside, but it imports ${url.slice(0, 120)}`);
  return await fetchText(url);
}

/** The text with each import's location replaced; addresses that are new are added to `places`. */
function withPlaces(text: string, base: string, places: string[]): string {
  return text.replace(LOCATION, (_, start: string, name: string, quoted: string) => {
    const given = quoted.slice(1, -1).replaceAll('&amp;', '&').trim();
    if (KNOWN.test(given)) return start;
    const url = addressOf(given, base);
    const known = places.indexOf(url);
    const index = known < 0 ? places.push(url) - 1 : known;
    return `${start} ${name}="${PLACE}${index}"`;
  });
}

function addressOf(given: string, base: string): string {
  const url = URL.parse(given, base === '' ? undefined : base);
  if (url === null)
    throw fault(
      '',
      `Expected one WSDL with its schemas inside, but it imports ${given.slice(0, 120)}; give the address of the WSDL, so that this is fetched too, or put the schemas into it`,
    );
  if (!/^https?:$/.test(url.protocol))
    throw fault('', `Expected imports by http or https, but it imports ${given.slice(0, 120)}; put the schemas into the WSDL`);
  url.hash = '';
  return url.href;
}

/** DANGER: the library opens what a document imports, files too. Throws an Error for whatever is not one of these texts. */
export function refuseOthers(texts: readonly string[]): void {
  refuseTypes(texts);
  for (const text of texts) {
    for (const [, , , quoted = ''] of text.matchAll(LOCATION)) {
      const location = quoted.slice(1, -1);
      const index = location.startsWith(PLACE) ? location.slice(PLACE.length) : '';
      if (!/^\d{1,2}$/.test(index) || Number(index) >= texts.length)
        throw new Error('Expected one WSDL file with its schemas inside, but it imports from elsewhere; put the schemas into it');
    }
  }
}

/** A document type could blow up by entities, or name files. */
export function refuseTypes(texts: readonly string[]): void {
  if (texts.some((text) => /<!DOCTYPE/i.test(text))) throw fault('', 'Expected a WSDL without document type, but it has one');
}
