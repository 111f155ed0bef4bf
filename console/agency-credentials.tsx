import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge } from '../ui/components/badge.tsx';
import { Button } from '../ui/components/button.tsx';
import { SelectField, TextArea, TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Table } from '../ui/components/table.tsx';
import { dateTime } from '../ui/time.ts';
import { addressOf, useSending } from './agencies-data.ts';
import type { Credential, Registration } from './agencies-data.ts';
import { Refused } from './refused.tsx';

/** What each kind asks for: `!` is a secret and never shown, `?` may be left out, `…` has several lines. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  'api-key': ['name', 'value!'],
  basic: ['username', 'password!'],
  bearer: ['token!'],
  oauth2: ['tokenUrl', 'clientId', 'clientSecret!', 'scope?'],
  'mutual-tls': ['certificate…', 'key…', 'authority…?'],
  signed: ['keyId', 'secret!'],
};

const plain = (field: string): string => field.replace(/[!?…]/g, '');

interface FieldsProps {
  readonly kind: string;
  readonly setKind: (kind: string) => void;
  readonly place: string;
  readonly setPlace: (place: string) => void;
  readonly given: Readonly<Record<string, string>>;
  readonly setGiven: (given: Readonly<Record<string, string>>) => void;
  readonly expires: string;
  readonly setExpires: (date: string) => void;
}

function Fields({ kind, setKind, place, setPlace, given, setGiven, expires, setExpires }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="c-filters">
      <SelectField
        label={t('register.kind')}
        value={kind}
        onChange={(event) => setKind(event.target.value)}
        options={Object.keys(kinds).map((one) => [one, t(`register.kinds.${one}`)] as const)}
      />
      {kind === 'api-key' && (
        <SelectField
          label={t('register.place')}
          value={place}
          onChange={(event) => setPlace(event.target.value)}
          options={['header', 'query'].map((one) => [one, t(`register.places.${one}`)] as const)}
        />
      )}
      {(kinds[kind] ?? []).map((field) => {
        const name = plain(field);
        const own = {
          label: t(`register.secrets.${name}`),
          value: given[name] ?? '',
          onChange: (event: { target: { value: string } }) => setGiven({ ...given, [name]: event.target.value }),
        };
        if (field.includes('…')) return <TextArea key={name} rows={4} {...own} />;
        return (
          <TextField
            key={name}
            {...own}
            type={field.includes('!') ? 'password' : 'text'}
            autoComplete={field.includes('!') ? 'new-password' : 'off'}
          />
        );
      })}
      <TextField label={t('register.expires')} type="date" value={expires} onChange={(event) => setExpires(event.target.value)} />
    </div>
  );
}

function NewCredential({ agencyId }: { readonly agencyId: string }): ReactNode {
  const { t } = useTranslation();
  const { busy, refusal, answer, send } = useSending();
  const [kind, setKind] = useState('api-key');
  const [place, setPlace] = useState('header');
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  const [expires, setExpires] = useState('');
  const fields = kinds[kind] ?? [];
  const complete = fields.every((field) => field.includes('?') || given[plain(field)]?.trim());
  const keep = async (): Promise<void> => {
    const filled = Object.fromEntries(
      fields.flatMap((field) => (given[plain(field)]?.trim() ? [[plain(field), given[plain(field)]]] : [])),
    );
    const credential = { kind, ...filled, ...(kind === 'api-key' ? { place } : {}) };
    const made = await send(addressOf(agencyId, '/credentials'), 'POST', {
      credential,
      ...(expires ? { expiresAt: new Date(`${expires}T23:59:59`).toISOString() } : {}),
    });
    // a secret does not stay on the screen
    if (made) setGiven({});
  };
  return (
    <form
      className="card stack"
      aria-label={t('register.newCredential')}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (complete && !busy) void keep();
      }}
    >
      <h2>{t('register.newCredential')}</h2>
      <Fields {...{ kind, setKind, place, setPlace, given, setGiven, expires, setExpires }} />
      <Refused refusal={refusal} />
      {answer !== undefined && <Notice kind="good">{t('register.kept')}</Notice>}
      <div>
        <Button kind="primary" type="submit" busy={busy} disabled={!complete}>
          {t('register.keep')}
        </Button>
      </div>
    </form>
  );
}

function Expiry({ credential }: { readonly credential: Credential }): ReactNode {
  const { t } = useTranslation();
  const { expiresAt, expiry } = credential;
  if (expiresAt === null) return t('register.noExpiry');
  return (
    <>
      {dateTime(expiresAt)}{' '}
      {expiry !== 'fine' && <Badge kind={expiry === 'expired' ? 'bad' : 'warn'}>{t(`register.expiry.${expiry}`)}</Badge>}
    </>
  );
}

/** The agency's secrets: what kind and until when, never what. */
export function Credentials({ agency }: { readonly agency: Registration }): ReactNode {
  const { t } = useTranslation();
  const { refusal, send } = useSending();
  return (
    <div className="stack">
      <p className="soft">{t('register.credentialsWhat')}</p>
      {agency.credentials.length > 0 && (
        <Table
          caption={t('register.tabs.credentials')}
          hideCaption
          rows={agency.credentials}
          rowKey={(row) => row.credentialId}
          columns={[
            { key: 'kind', title: t('register.kind'), cell: (row) => t(`register.kinds.${row.kind}`) },
            { key: 'id', title: 'ID', cell: (row) => <span className="mono">{row.credentialId}</span> },
            { key: 'expires', title: t('register.expires'), cell: (row) => <Expiry credential={row} /> },
            {
              key: 'forget',
              title: t('register.forget'),
              cell: (row) => (
                <Button
                  small
                  kind="danger"
                  onClick={() => {
                    if (window.confirm(t('register.forgetConfirm')))
                      void send(addressOf(agency.agencyId, `/credentials/${encodeURIComponent(row.credentialId)}`), 'DELETE');
                  }}
                >
                  {t('register.forget')}
                  <span className="visually-hidden"> {row.credentialId}</span>
                </Button>
              ),
            },
          ]}
        />
      )}
      <Refused refusal={refusal} />
      <NewCredential agencyId={agency.agencyId} />
    </div>
  );
}
