import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { Badge } from '../ui/components/badge.tsx';
import { Button } from '../ui/components/button.tsx';
import { SelectField, TextArea, TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Tabs } from '../ui/components/tabs.tsx';
import { inLanguage } from '../ui/i18n.ts';
import { addressOf, environments, useRegistration, useSending } from './agencies-data.ts';
import type { Environment, Registration } from './agencies-data.ts';
import { ConnectionForm } from './agency-connection.tsx';
import { ContractPanel } from './agency-contract.tsx';
import { Credentials } from './agency-credentials.tsx';
import { HooksPanel } from './agency-hooks.tsx';
import { Refused } from './refused.tsx';

const tabs = ['connection', 'credentials', 'contract', 'inbound', 'profile'] as const;

interface Person {
  readonly name: string;
  readonly role: string;
  readonly mail: string;
  readonly phone: string;
}
const contactParts = ['name', 'role', 'mail', 'phone'] as const;

function Profile({ agency }: { readonly agency: Registration }): ReactNode {
  const { t } = useTranslation();
  const { busy, refusal, answer, send } = useSending();
  const [given, setGiven] = useState({
    name: agency.name,
    nameEn: agency.nameEn,
    description: agency.description,
    units: agency.units.join('\n'),
  });
  const [contact, setContact] = useState<Person>(agency.contacts[0] ?? { name: '', role: '', mail: '', phone: '' });
  const set = (name: keyof typeof given) => (event: { target: { value: string } }) => setGiven({ ...given, [name]: event.target.value });
  const save = (): void => {
    const { kind, environment } = agency;
    const units = given.units.split('\n').flatMap((unit) => unit.trim() || []);
    const contacts = contact.name.trim() ? [contact, ...agency.contacts.slice(1)] : agency.contacts.slice(1);
    void send(addressOf(agency.agencyId), 'PUT', { ...given, kind, environment, units, contacts });
  };
  return (
    <div className="stack">
      <div className="c-filters">
        <TextField label={t('register.name')} value={given.name} onChange={set('name')} />
        <TextField label={t('register.nameEn')} value={given.nameEn} onChange={set('nameEn')} />
      </div>
      <TextArea label={t('register.description')} rows={3} value={given.description} onChange={set('description')} />
      <TextArea label={t('register.units')} hint={t('register.unitsHint')} rows={3} value={given.units} onChange={set('units')} />
      <fieldset className="c-filters">
        <legend>{t('register.contact')}</legend>
        {contactParts.map((part) => (
          <TextField
            key={part}
            label={t(`register.contacts.${part}`)}
            value={contact[part]}
            onChange={(event) => setContact({ ...contact, [part]: event.target.value })}
          />
        ))}
      </fieldset>
      <Refused refusal={refusal} />
      {answer !== undefined && <Notice kind="good">{t('register.saved')}</Notice>}
      <div>
        <Button kind="primary" busy={busy} onClick={save}>
          {t('register.save')}
        </Button>
      </div>
    </div>
  );
}

/** Which of the two systems calls go to: a switch of its own, because everything after it behaves otherwise. */
function EnvironmentSwitch({ agency }: { readonly agency: Registration }): ReactNode {
  const { t } = useTranslation();
  const { busy, refusal, send } = useSending();
  const choose = (environment: Environment): void => {
    const { name, nameEn, kind, description, contacts, units } = agency;
    void send(addressOf(agency.agencyId), 'PUT', { name, nameEn, kind, description, contacts, units, environment });
  };
  return (
    <div className="stack-small">
      <SelectField
        label={t('register.environment')}
        hint={t('register.environmentHint')}
        value={agency.environment}
        disabled={busy}
        onChange={(event) => choose(event.target.value as Environment)}
        options={environments.map((one) => [one, t(`register.environments.${one}`)] as const)}
      />
      <Refused refusal={refusal} />
    </div>
  );
}

function ConnectionTab({ agency }: { readonly agency: Registration }): ReactNode {
  const { t } = useTranslation();
  const [environment, setEnvironment] = useState<Environment>(agency.environment);
  return (
    <div className="stack">
      <EnvironmentSwitch agency={agency} />
      <SelectField
        label={t('register.connectionOf')}
        value={environment}
        onChange={(event) => setEnvironment(event.target.value as Environment)}
        options={environments.map((one) => [one, t(`register.environments.${one}`)] as const)}
      />
      <ConnectionForm key={environment} agency={agency} environment={environment} />
    </div>
  );
}

/** `/agencies/:agencyId`: everything about one agency. */
export function AgencyScreen(): ReactNode {
  const { t } = useTranslation();
  const { agencyId = '' } = useParams();
  const { data, error, isPending } = useRegistration(agencyId);
  const [tab, setTab] = useState<string>('connection');
  if (error) return <Notice kind="bad">{error.message}</Notice>;
  if (isPending) return <p className="soft">{t('ui:loading')}</p>;
  return (
    <div className="stack">
      <Link to="/agencies">{t('register.title')}</Link>
      <div className="row">
        <h1>{inLanguage(data.name, data.nameEn)}</h1>
        <Badge kind={data.environment === 'sandbox' ? 'warn' : 'normal'}>{t(`register.environments.${data.environment}`)}</Badge>
        {data.credentials.some(({ expiry }) => expiry !== 'fine') && <Badge kind="bad">{t('register.expiryWarning')}</Badge>}
      </div>
      {data.environment === 'sandbox' && <Notice kind="warn">{t('register.sandboxNow')}</Notice>}
      <Tabs label={t('register.parts')} tabs={tabs.map((id) => ({ id, title: t(`register.tabs.${id}`) }))} selected={tab} onSelect={setTab}>
        {tab === 'connection' && <ConnectionTab agency={data} />}
        {tab === 'credentials' && <Credentials agency={data} />}
        {tab === 'contract' && <ContractPanel agency={data} />}
        {tab === 'inbound' && <HooksPanel agency={data} />}
        {tab === 'profile' && <Profile agency={data} />}
      </Tabs>
    </div>
  );
}
