import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/components/button.tsx';
import { TextArea, TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { useSending } from './agencies-data.ts';
import { settingsOf, thresholdNames, useAlertSettings } from './alerts-data.ts';
import type { Settings } from './alerts-data.ts';
import { Refused } from './refused.tsx';

const listOf = (text: string): readonly string[] => text.split(/[\s,;]+/).filter((part) => part !== '');

interface Given {
  readonly mails: string;
  readonly escalateTo: string;
  readonly after: string;
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly thresholds: Readonly<Record<string, string>>;
}

function givenOf({ mails, escalateTo, escalateAfterMinutes, webhookUrl, thresholds }: Settings): Given {
  return {
    mails: mails.join('\n'),
    escalateTo: escalateTo.join('\n'),
    after: String(escalateAfterMinutes),
    webhookUrl: webhookUrl ?? '',
    webhookSecret: '',
    thresholds: Object.fromEntries(Object.entries(thresholds ?? {}).map(([name, value]) => [name, String(value)])),
  };
}

function bodyOf(given: Given): object {
  const thresholds = Object.entries(given.thresholds).map(([name, value]) => [name, Number(value)] as const);
  return {
    mails: listOf(given.mails),
    escalateTo: listOf(given.escalateTo),
    escalateAfterMinutes: Number(given.after),
    webhookUrl: given.webhookUrl.trim() || null,
    ...(given.webhookSecret && { webhookSecret: given.webhookSecret }),
    ...(thresholds.length > 0 && { thresholds: Object.fromEntries(thresholds) }),
  };
}

type Reached = { readonly items: readonly { readonly to: string; readonly failure: string | null }[] };

function Test({ owner }: { readonly owner: string }): ReactNode {
  const { t } = useTranslation();
  const { busy, refusal, answer, send } = useSending<Reached>();
  return (
    <div className="stack-small">
      <div>
        <Button busy={busy} onClick={() => void send(settingsOf(owner, '/test'), 'POST')}>
          {t('alerts.test')}
        </Button>
      </div>
      <Refused refusal={refusal} />
      {answer?.items.length === 0 && <Notice kind="info">{t('alerts.testNobody')}</Notice>}
      {answer?.items.map(({ to, failure }) => (
        <Notice key={to} kind={failure === null ? 'good' : 'bad'}>
          <span className="c-long">
            {to}: {failure ?? t('alerts.reached')}
          </span>
        </Notice>
      ))}
    </div>
  );
}

function Thresholds({ given, setGiven }: { readonly given: Given; readonly setGiven: (given: Given) => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <fieldset className="c-filters">
      <legend>{t('alerts.thresholds')}</legend>
      {thresholdNames.map((name) => (
        <TextField
          key={name}
          label={t(`alerts.threshold.${name}`)}
          inputMode="decimal"
          value={given.thresholds[name] ?? ''}
          onChange={(event) => setGiven({ ...given, thresholds: { ...given.thresholds, [name]: event.target.value } })}
        />
      ))}
    </fieldset>
  );
}

function Form({ settings }: { readonly settings: Settings }): ReactNode {
  const { t } = useTranslation();
  const { owner } = settings;
  const { busy, refusal, answer, send } = useSending();
  const [given, setGiven] = useState(() => givenOf(settings));
  const set = (name: Exclude<keyof Given, 'thresholds'>) => (event: { target: { value: string } }) =>
    setGiven({ ...given, [name]: event.target.value });
  return (
    <form
      className="card stack"
      aria-label={t('alerts.tabs.settings')}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send(settingsOf(owner), 'PUT', bodyOf(given));
      }}
    >
      <div className="c-filters">
        <TextArea label={t('alerts.mails')} hint={t('alerts.onePerLine')} rows={3} value={given.mails} onChange={set('mails')} />
        <TextArea
          label={t('alerts.escalateTo')}
          hint={t('alerts.onePerLine')}
          rows={3}
          value={given.escalateTo}
          onChange={set('escalateTo')}
        />
        <TextField label={t('alerts.escalateAfter')} inputMode="numeric" value={given.after} onChange={set('after')} />
        <TextField label={t('alerts.webhookUrl')} type="url" value={given.webhookUrl} onChange={set('webhookUrl')} />
        <TextField
          label={t('alerts.webhookSecret')}
          hint={t(settings.webhookSigned ? 'alerts.secretKept' : 'alerts.secretHint')}
          type="password"
          autoComplete="new-password"
          value={given.webhookSecret}
          onChange={set('webhookSecret')}
        />
      </div>
      {settings.thresholds && <Thresholds given={given} setGiven={setGiven} />}
      <Refused refusal={refusal} />
      {answer !== undefined && <Notice kind="good">{t('alerts.saved')}</Notice>}
      <div>
        <Button kind="primary" type="submit" busy={busy}>
          {t('register.save')}
        </Button>
      </div>
    </form>
  );
}

/** Who is told, and from when on something counts. */
export function AlertSettings({ owner }: { readonly owner: string }): ReactNode {
  const { t } = useTranslation();
  const { data, error } = useAlertSettings(owner);
  if (error) return <Notice kind="bad">{error.message}</Notice>;
  if (!data) return <p className="soft">{t('ui:loading')}</p>;
  return (
    <div className="stack">
      <p className="soft">{t('alerts.settingsWhat')}</p>
      <Form settings={data} />
      <Test owner={owner} />
    </div>
  );
}
