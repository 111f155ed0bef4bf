import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/components/button.tsx';
import { SelectField, TextArea, TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { useSending } from './agencies-data.ts';
import { hooksOf, styles } from './hooks-data.ts';
import type { Hook, Mapping, Style, Trial } from './hooks-data.ts';
import { Refused } from './refused.tsx';

const mappingFields = ['correlationKey', 'variables', 'condition', 'eventId'] as const;
const HOUR = 3_600_000;

interface Given {
  readonly name: string;
  readonly messageName: string;
  readonly active: string;
  readonly style: Style;
  readonly header: string;
  readonly prefix: string;
  readonly encoding: string;
  readonly timestampHeader: string;
  readonly keyIdHeader: string;
  readonly tolerance: string;
  readonly secret: string;
  readonly hours: string;
  readonly correlationKey: string;
  readonly variables: string;
  readonly condition: string;
  readonly eventId: string;
}

function givenOf(known: Hook | undefined): Given {
  const { scheme, mapping } = known ?? {};
  return {
    name: known?.name ?? '',
    messageName: known?.messageName ?? '',
    active: known?.active === false ? 'no' : 'yes',
    style: scheme?.style ?? 'timestamped',
    header: scheme?.header ?? 'X-Signature',
    prefix: scheme?.prefix ?? '',
    encoding: scheme?.encoding ?? 'hex',
    timestampHeader: scheme?.timestampHeader ?? 'X-Timestamp',
    keyIdHeader: scheme?.keyIdHeader ?? 'X-Key-Id',
    tolerance: String(scheme?.toleranceSeconds ?? 300),
    secret: '',
    hours: String((known?.timeToLive ?? 24 * HOUR) / HOUR),
    correlationKey: mapping?.correlationKey ?? '',
    variables: mapping?.variables ?? '',
    condition: mapping?.condition ?? '',
    eventId: mapping?.eventId ?? '',
  };
}

function mappingOf(given: Given): Mapping {
  const filled = mappingFields.flatMap((field) => (given[field].trim() ? [[field, given[field].trim()] as const] : []));
  return { correlationKey: '', ...Object.fromEntries(filled) };
}

function bodyOf(given: Given): object {
  const { style, header, prefix, encoding, timestampHeader, keyIdHeader, tolerance } = given;
  const scheme = {
    style,
    header: header.trim(),
    encoding,
    toleranceSeconds: Number(tolerance),
    ...(prefix && { prefix }),
    ...(style !== 'body' && timestampHeader.trim() && { timestampHeader: timestampHeader.trim() }),
    ...(style === 'lines' && keyIdHeader.trim() && { keyIdHeader: keyIdHeader.trim() }),
  };
  return {
    name: given.name.trim(),
    active: given.active === 'yes',
    messageName: given.messageName.trim(),
    scheme,
    mapping: mappingOf(given),
    timeToLive: Math.round(Number(given.hours) * HOUR),
    ...(given.secret && { secret: given.secret }),
  };
}

interface FieldsProps {
  readonly given: Given;
  readonly set: (name: keyof Given, value: string) => void;
}

/** How the agency signs. */
function Signing({ given, set }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  const text = (name: 'header' | 'prefix' | 'timestampHeader' | 'keyIdHeader' | 'tolerance') => (
    <TextField label={t(`hooks.fields.${name}`)} value={given[name]} onChange={(event) => set(name, event.target.value)} />
  );
  return (
    <fieldset className="c-filters">
      <legend>{t('hooks.signing')}</legend>
      <SelectField
        label={t('hooks.fields.style')}
        value={given.style}
        onChange={(event) => set('style', event.target.value)}
        options={styles.map((style) => [style, t(`hooks.styles.${style}`)] as const)}
      />
      {text('header')}
      {text('prefix')}
      <SelectField
        label={t('hooks.fields.encoding')}
        value={given.encoding}
        onChange={(event) => set('encoding', event.target.value)}
        options={['hex', 'base64'].map((one) => [one, t(`hooks.encodings.${one}`)] as const)}
      />
      {given.style !== 'body' && text('timestampHeader')}
      {given.style === 'lines' && text('keyIdHeader')}
      {given.style !== 'body' && text('tolerance')}
      <TextField
        label={t('hooks.fields.secret')}
        hint={t('hooks.secretHint')}
        type="password"
        autoComplete="new-password"
        value={given.secret}
        onChange={(event) => set('secret', event.target.value)}
      />
    </fieldset>
  );
}

/** What the mapping makes of a sample, before any news comes. */
function Sample({ agencyId, given }: { readonly agencyId: string; readonly given: Given }): ReactNode {
  const { t } = useTranslation();
  const [sample, setSample] = useState('');
  const [wrong, setWrong] = useState(false);
  const { busy, refusal, answer, send } = useSending<Trial>();
  const attempt = (): void => {
    setWrong(false);
    try {
      void send(hooksOf(agencyId, '/trial'), 'POST', { mapping: mappingOf(given), body: JSON.parse(sample) as unknown });
    } catch {
      setWrong(true);
    }
  };
  return (
    <>
      <TextArea
        label={t('hooks.sample')}
        hint={t('hooks.sampleHint')}
        rows={5}
        value={sample}
        onChange={(event) => setSample(event.target.value)}
        {...(wrong ? { error: t('hooks.sampleWrong') } : {})}
      />
      <div>
        <Button small busy={busy} disabled={!sample.trim() || !given.correlationKey.trim()} onClick={attempt}>
          {t('hooks.try')}
        </Button>
      </div>
      <Refused refusal={refusal} />
      {answer?.matters === false && <Notice kind="info">{t('hooks.mattersNot')}</Notice>}
      {answer?.matters === true && (
        <Notice kind="good" title={t('hooks.wouldBe', { message: given.messageName || '…', key: answer.correlationKey })}>
          <pre className="c-value">{JSON.stringify(answer.variables, null, 2)}</pre>
        </Notice>
      )}
    </>
  );
}

/** Which message, for which case. */
function Becoming({ agencyId, given, set }: FieldsProps & { readonly agencyId: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <fieldset className="stack">
      <legend>{t('hooks.becoming')}</legend>
      <div className="c-filters">
        <TextField
          label={t('hooks.fields.messageName')}
          hint={t('hooks.messageHint')}
          value={given.messageName}
          onChange={(event) => set('messageName', event.target.value)}
        />
        <TextField
          label={t('hooks.fields.hours')}
          inputMode="decimal"
          value={given.hours}
          onChange={(event) => set('hours', event.target.value)}
        />
        {mappingFields.map((field) => (
          <TextField
            key={field}
            label={t(`hooks.fields.${field}`)}
            hint={t(`hooks.hints.${field}`)}
            value={given[field]}
            onChange={(event) => set(field, event.target.value)}
          />
        ))}
      </div>
      <Sample agencyId={agencyId} given={given} />
    </fieldset>
  );
}

interface FormProps {
  readonly agencyId: string;
  readonly known: Hook | undefined;
  readonly onDone: (hook: Hook) => void;
  readonly onCancel: () => void;
}

export function HookForm({ agencyId, known, onDone, onCancel }: FormProps): ReactNode {
  const { t } = useTranslation();
  const [given, setGiven] = useState(() => givenOf(known));
  const { busy, refusal, send } = useSending<Hook>();
  const set = (name: keyof Given, value: string): void => setGiven((before) => ({ ...before, [name]: value }));
  const complete = given.name.trim() && given.messageName.trim() && given.correlationKey.trim() && given.header.trim();
  const save = async (): Promise<void> => {
    const path = known === undefined ? hooksOf(agencyId) : hooksOf(agencyId, `/${encodeURIComponent(known.hookId)}`);
    const hook = await send(path, known === undefined ? 'POST' : 'PUT', bodyOf(given));
    if (hook) onDone(hook);
  };
  return (
    <form
      className="card stack"
      aria-label={t(known ? 'hooks.edit' : 'hooks.add')}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (complete && !busy) void save();
      }}
    >
      <h2>{t(known ? 'hooks.edit' : 'hooks.add')}</h2>
      <div className="c-filters">
        <TextField label={t('hooks.fields.name')} value={given.name} onChange={(event) => set('name', event.target.value)} />
        <SelectField
          label={t('hooks.fields.active')}
          value={given.active}
          onChange={(event) => set('active', event.target.value)}
          options={[
            ['yes', t('hooks.active')],
            ['no', t('hooks.closed')],
          ]}
        />
      </div>
      <Signing given={given} set={set} />
      <Becoming agencyId={agencyId} given={given} set={set} />
      <Refused refusal={refusal} />
      <div className="row">
        <Button onClick={onCancel}>{t('ui:cancel')}</Button>
        <Button kind="primary" type="submit" busy={busy} disabled={!complete}>
          {t('register.save')}
        </Button>
      </div>
    </form>
  );
}
