/**
 * Certificates of authorities of our own, made anew in each run: nothing of it is kept. Printed as JSON by a process of its own, because the library
 * takes ten times as long inside of Jest.
 */
import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

interface Issued {
  /** PEM */
  readonly certificate: string;
  readonly key: string;
}

interface Authority {
  readonly certificate: string;
  /** `days` from now that it is good for; negative: it has ended */
  issue(name: string, days?: number): Issued;
}

/** the machine's own are made a hundred times faster than the library's */
function keys(): { readonly publicKey: forge.pki.rsa.PublicKey; readonly privateKey: forge.pki.rsa.PrivateKey; readonly pem: string } {
  const { privateKey: pem } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const privateKey = forge.pki.privateKeyFromPem(pem);
  return { privateKey, publicKey: forge.pki.setRsaPublicKey(privateKey.n, privateKey.e), pem };
}
const DAY = 86_400_000;
let serial = 1;

function createAuthority(name: string): Authority {
  const pair = keys();
  const subject = [{ name: 'commonName', value: name }];
  const root = certificateOf(pair.publicKey, { subject, issuer: subject, days: 10 });
  root.setExtensions([{ name: 'basicConstraints', cA: true }]);
  root.sign(pair.privateKey, forge.md.sha256.create());
  return {
    certificate: forge.pki.certificateToPem(root),
    issue: (own, days = 10) => {
      const mine = keys();
      const made = certificateOf(mine.publicKey, { subject: [{ name: 'commonName', value: own }], issuer: subject, days });
      // type 7: an address, as the tests call each other by
      made.setExtensions([
        { name: 'subjectAltName', altNames: [own === 'elsewhere' ? { type: 2, value: own } : { type: 7, ip: '127.0.0.1' }] },
      ]);
      made.sign(pair.privateKey, forge.md.sha256.create());
      return { certificate: forge.pki.certificateToPem(made), key: mine.pem };
    },
  };
}

interface Wanted {
  readonly subject: forge.pki.CertificateField[];
  readonly issuer: forge.pki.CertificateField[];
  readonly days: number;
}

function certificateOf(publicKey: forge.pki.PublicKey, { subject, issuer, days }: Wanted): forge.pki.Certificate {
  const made = forge.pki.createCertificate();
  made.publicKey = publicKey;
  made.serialNumber = String((serial += 1)).padStart(2, '0');
  made.validity.notBefore = new Date(Date.now() - 20 * DAY);
  made.validity.notAfter = new Date(Date.now() + days * DAY);
  made.setSubject(subject);
  made.setIssuer(issuer);
  return made;
}

const [ours, theirs, strangers] = ['city', 'agency', 'stranger'].map((name) => createAuthority(`authority of ${name}`)) as [
  Authority,
  Authority,
  Authority,
];
const made = {
  authorities: { city: ours.certificate, agency: theirs.certificate, stranger: strangers.certificate },
  city: ours.issue('kota'),
  cityEnded: ours.issue('kota', -1),
  pretender: strangers.issue('kota'),
  agency: theirs.issue('agency'),
  agencyEnded: theirs.issue('agency', -1),
  agencyElsewhere: theirs.issue('elsewhere'),
};
export type Certificates = typeof made;
process.stdout.write(JSON.stringify(made));
