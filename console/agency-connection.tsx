import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/components/button.tsx';
import { SelectField, TextArea, TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { addressOf, useSending } from './agencies-data.ts';
import type { Connection, Environment, Registration, Tried } from './agencies-data.ts';
import { Refused } from './refused.tsx';

const limitNames = ['callsPerMinute', 'concurrency', 'callsPerDay'] as const;

interface Given {
  readonly url: string;
  readonly credentialId: string;
  readonly timeout: string;
  readonly headers: string;
  readonly idempotency: string;
  readonly caseReference: string;
  readonly xRoadClient: string;
  readonly callsPerMinute: string;
  readonly concurrency: string;
  readonly callsPerDay: string;
  readonly from: string;
  readonly until: string;
  readonly reason: string;
}

/** what an `input type=datetime-local` shows of a time */
function localTime(iso: string | undefined): string {
  if (iso === undefined) return '';
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function givenOf(connection: Connection | undefined): Given {
  const window = connection?.maintenance[0];
  const limits = (connection?.limits ?? {}) as { readonly [limit in (typeof limitNames)[number]]?: number };
  return {
    url: connection?.url ?? '',
    credentialId: connection?.credentialId ?? '',
    timeout: connection?.timeoutMs ? String(connection.timeoutMs / 1000) : '',
    headers: Object.entries(connection?.headers ?? {}).map(([name, value]) => `${name}: ${value}`).join('\n'),
    idempotency: connection?.names?.idempotency ?? '',
    caseReference: connection?.names?.caseReference ?? '',
    xRoadClient: connection?.xRoadClient ?? '',
    callsPerMinute: String(limits.callsPerMinute ?? ''),
    concurrency: String(limits.concurrency ?? ''),
    callsPerDay: String(limits.callsPerDay ?? ''),
    from: localTime(window?.from),
    until: localTime(window?.until),
    reason: window?.reason ?? '',
  }; // prettier-ignore
}

/** Lines `Name: value`; what has no colon is left to the server to refuse. */
const headersOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      if (!line.trim()) return [];
      const at = line.indexOf(':');
      return [[line.slice(0, at < 0 ? line.length : at).trim(), at < 0 ? '' : line.slice(at + 1).trim()] as const];
    }),
  );

function bodyOf(given: Given, later: Connection['maintenance']): object {
  const names = {
    ...(given.idempotency && { idempotency: given.idempotency }),
    ...(given.caseReference && { caseReference: given.caseReference }),
  };
  const limits = Object.fromEntries(limitNames.flatMap((name) => (given[name] ? [[name, Number(given[name])]] : [])));
  const window =
    given.from && given.until
      ? [{ from: new Date(given.from).toISOString(), until: new Date(given.until).toISOString(), reason: given.reason }]
      : [];
  return {
    url: given.url.trim(),
    headers: headersOf(given.headers),
    maintenance: [...window, ...later],
    ...(given.credentialId && { credentialId: given.credentialId }),
    ...(given.timeout && { timeoutMs: Math.round(Number(given.timeout) * 1000) }),
    ...(given.xRoadClient && { xRoadClient: given.xRoadClient.trim() }),
    ...(Object.keys(names).length > 0 && { names }),
    ...(Object.keys(limits).length > 0 && { limits }),
  };
}

const advanced = ['timeout', 'idempotency', 'caseReference', 'xRoadClient', ...limitNames] as const;

interface FieldsProps {
  readonly given: Given;
  readonly set: (name: keyof Given, value: string) => void;
}

function Advanced({ given, set }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <details>
      <summary>{t('register.advanced')}</summary>
      <div className="stack">
        <div className="c-filters">
          {advanced.map((name) => (
            <TextField
              key={name}
              label={t(`register.fields.${name}`)}
              value={given[name]}
              onChange={(event) => set(name, event.target.value)}
            />
          ))}
        </div>
        <TextArea
          label={t('register.fields.headers')}
          hint={t('register.headersHint')}
          rows={3}
          value={given.headers}
          onChange={(event) => set('headers', event.target.value)}
        />
        <fieldset className="c-filters">
          <legend>{t('register.maintenance')}</legend>
          <TextField
            label={t('register.fields.from')}
            type="datetime-local"
            value={given.from}
            onChange={(event) => set('from', event.target.value)}
          />
          <TextField
            label={t('register.fields.until')}
            type="datetime-local"
            value={given.until}
            onChange={(event) => set('until', event.target.value)}
          />
          <TextField label={t('register.fields.reason')} value={given.reason} onChange={(event) => set('reason', event.target.value)} />
        </fieldset>
      </div>
    </details>
  );
}

function Outcome({ tried }: { readonly tried: Tried | undefined }): ReactNode {
  const { t } = useTranslation();
  if (tried === undefined) return null;
  return (
    <Notice kind={tried.outcome === 'let-in' ? 'good' : 'bad'} title={t(`register.outcomes.${tried.outcome}`)}>
      <p className="c-long">
        {tried.detail} ({tried.durationMs} ms)
      </p>
    </Notice>
  );
}

/** Where one of the agency's systems is. Saving keeps it, testing tries what was kept. */
export function ConnectionForm({ agency, environment }: { readonly agency: Registration; readonly environment: Environment }): ReactNode {
  const { t } = useTranslation();
  const kept = agency.connections.find((one) => one.environment === environment);
  const [given, setGiven] = useState(() => givenOf(kept));
  const [saving, trying] = [useSending(), useSending<Tried>()];
  const address = addressOf(agency.agencyId, `/connections/${environment}`);
  const set = (name: keyof Given, value: string): void => setGiven({ ...given, [name]: value });
  const credentials = agency.credentials.map(
    ({ credentialId, kind }) => [credentialId, `${t(`register.kinds.${kind}`)} · ${credentialId}`] as const,
  );
  return (
    <form
      className="stack"
      aria-label={t('register.tabs.connection')}
      onSubmit={(event) => {
        event.preventDefault();
        if (!saving.busy) void saving.send(address, 'PUT', bodyOf(given, kept?.maintenance.slice(1) ?? []));
      }}
    >
      {!kept && <p className="soft">{t(environment === 'sandbox' ? 'register.noSandbox' : 'register.noConnection')}</p>}
      <TextField
        label={t('register.fields.url')}
        hint={t('register.urlHint')}
        type="url"
        value={given.url}
        onChange={(event) => set('url', event.target.value)}
      />
      <SelectField
        label={t('register.fields.credentialId')}
        hint={t('register.credentialHint')}
        value={given.credentialId}
        onChange={(event) => set('credentialId', event.target.value)}
        options={[['', t('register.kinds.none')], ...credentials]}
      />
      <Advanced given={given} set={set} />
      <Refused refusal={saving.refusal ?? trying.refusal} />
      {saving.answer !== undefined && <Notice kind="good">{t('register.saved')}</Notice>}
      <Outcome tried={trying.answer} />
      <div className="row">
        <Button kind="primary" type="submit" busy={saving.busy} disabled={!given.url.trim()}>
          {t('register.save')}
        </Button>
        <Button busy={trying.busy} disabled={!kept} onClick={() => void trying.send(`${address}/test`, 'POST')}>
          {t('register.test')}
        </Button>
      </div>
    </form>
  );
}
