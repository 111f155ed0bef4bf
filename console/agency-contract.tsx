import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge } from '../ui/components/badge.tsx';
import { Button } from '../ui/components/button.tsx';
import { TextArea, TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { dateTime } from '../ui/time.ts';
import { addressOf, useSending } from './agencies-data.ts';
import type { Change, Inspection, Operation, Registration } from './agencies-data.ts';
import { Refused } from './refused.tsx';

type Source = { readonly text: string } | { readonly url: string };

interface SourceProps {
  readonly busy: boolean;
  readonly onInspect: (source: Source) => void;
}

/** A file, an address, or text pasted in. */
function SourceForm({ busy, onInspect }: SourceProps): ReactNode {
  const { t } = useTranslation();
  const [url, setUrl] = useState('');
  const [text, setText] = useState('');
  return (
    <div className="stack">
      <div className="c-filters">
        <div className="a-field">
          <label htmlFor="contract-file">{t('register.contractFile')}</label>
          <input
            id="contract-file"
            className="a-input"
            type="file"
            accept=".json,.yaml,.yml,.wsdl,.xml"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) void file.text().then((read) => onInspect({ text: read }));
            }}
          />
        </div>
        <TextField label={t('register.contractUrl')} type="url" value={url} onChange={(event) => setUrl(event.target.value)} />
        <div>
          <Button busy={busy} disabled={!url.trim()} onClick={() => onInspect({ url: url.trim() })}>
            {t('register.fetch')}
          </Button>
        </div>
      </div>
      <details>
        <summary>{t('register.paste')}</summary>
        <div className="stack">
          <TextArea label={t('register.contractText')} rows={8} value={text} onChange={(event) => setText(event.target.value)} />
          <div>
            <Button busy={busy} disabled={!text.trim()} onClick={() => onInspect({ text })}>
              {t('register.inspect')}
            </Button>
          </div>
        </div>
      </details>
    </div>
  );
}

function OperationChoice({
  one,
  picked,
  onPick,
}: {
  readonly one: Operation;
  readonly picked: boolean;
  readonly onPick: (on: boolean) => void;
}): ReactNode {
  const { t } = useTranslation();
  const inputs = one.inputs.map(({ place, required }) => `${place}${required ? ' *' : ''}`);
  const outputs = one.outputs.map(({ place }) => place.replace('response.body.', ''));
  return (
    <li className="card stack-small">
      <label className="c-choice">
        <input type="checkbox" checked={picked} disabled={one.unusable !== undefined} onChange={(event) => onPick(event.target.checked)} />
        <span>
          <strong>{one.summary}</strong>{' '}
          <span className="mono soft small c-long">
            {one.method} {one.path}
          </span>
        </span>
      </label>
      {one.unusable === undefined ? (
        <p className="small soft c-long">
          {t('register.sends')} {inputs.join(', ') || '–'} · {t('register.answers')} {outputs.join(', ') || '–'}
        </p>
      ) : (
        <p className="small c-long">
          <Badge kind="warn">{t('register.unusable')}</Badge> {one.unusable}
        </p>
      )}
    </li>
  );
}

function Differences({ changes, touched }: Pick<Inspection, 'changes' | 'touched'>): ReactNode {
  const { t } = useTranslation();
  if (changes.length === 0) return null;
  const line = ({ place, change, before, after }: Change['fields'][number]): string =>
    `${place}: ${t(`register.changes.${change}`)}${before || after ? ` (${before ?? '–'} → ${after ?? '–'})` : ''}`;
  return (
    <section className="stack-small" aria-label={t('register.differences')}>
      <h2>{t('register.differences')}</h2>
      <ul>
        {changes.map(({ operationId, change, breaking, fields }) => (
          <li key={operationId}>
            <strong>{operationId}</strong> {t(`register.changes.${change}`)}{' '}
            {breaking && <Badge kind="bad">{t('register.breaking')}</Badge>}
            {fields.length > 0 && (
              <ul>
                {fields.map((field) => (
                  <li key={`${field.place} ${field.change}`} className="c-long">
                    {line(field)} {field.breaking && <Badge kind="bad">{t('register.breaking')}</Badge>}
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
      {touched.length > 0 && (
        <p>
          {t('register.touched')} {touched.map(({ name, operations }) => `${name} (${operations.join(', ')})`).join('; ')}
        </p>
      )}
    </section>
  );
}

/** What the document is, and what somebody should know of it. */
function Found({ found }: { readonly found: Inspection }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <Notice kind="info" title={`${found.title} ${found.apiVersion}`}>
        {t('register.found', { count: found.operations.length, format: found.format })} {found.servers.join(', ')}
      </Notice>
      {found.notes.map((note) => (
        <Notice key={note} kind="warn">
          {note}
        </Notice>
      ))}
    </>
  );
}

interface PickProps {
  readonly agencyId: string;
  readonly found: Inspection;
  readonly source: Source;
  readonly onDone: () => void;
}

function PickOperations({ agencyId, found, source, onDone }: PickProps): ReactNode {
  const { t } = useTranslation();
  const { busy, refusal, send } = useSending();
  const [picked, setPicked] = useState<ReadonlySet<string>>(
    () => new Set(found.operations.filter((one) => one.picked).map(({ operationId }) => operationId)),
  );
  const pick = (operationId: string, on: boolean): void => {
    const next = new Set(picked);
    if (on) next.add(operationId);
    else next.delete(operationId);
    setPicked(next);
  };
  const usable = found.operations.filter(({ unusable }) => unusable === undefined);
  const keep = async (acceptBreaking: boolean): Promise<void> => {
    const body = { ...source, operations: [...picked], acceptBreaking };
    if (await send(addressOf(agencyId, '/contract'), 'PUT', body)) onDone();
  };
  return (
    <div className="stack">
      <Found found={found} />
      <Differences changes={found.changes} touched={found.touched} />
      <fieldset className="stack">
        <legend>{t('register.pick')}</legend>
        <div>
          <Button small onClick={() => setPicked(new Set(usable.map(({ operationId }) => operationId)))}>
            {t('register.pickAll')}
          </Button>
        </div>
        <ul className="c-groups">
          {found.operations.map((one) => (
            <OperationChoice
              key={one.operationId}
              one={one}
              picked={picked.has(one.operationId)}
              onPick={(on) => pick(one.operationId, on)}
            />
          ))}
        </ul>
      </fieldset>
      <Refused refusal={refusal} />
      <div className="row">
        <Button kind="primary" busy={busy} disabled={picked.size === 0} onClick={() => void keep(false)}>
          {t('register.import', { count: picked.size })}
        </Button>
        {(found.breaking || refusal !== undefined) && (
          <Button
            kind="danger"
            busy={busy}
            disabled={picked.size === 0}
            onClick={() => window.confirm(t('register.acceptConfirm')) && void keep(true)}
          >
            {t('register.accept')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** What the agency offers: look at a document, pick, import; steps of it are in the modeler at once. */
export function ContractPanel({ agency }: { readonly agency: Registration }): ReactNode {
  const { t } = useTranslation();
  const { busy, refusal, answer, send } = useSending<Inspection>();
  const [source, setSource] = useState<Source>();
  const [done, setDone] = useState(false);
  const inspect = (from: Source): void => {
    setSource(from);
    setDone(false);
    void send(addressOf(agency.agencyId, '/contract/inspection'), 'POST', from);
  };
  const { contract } = agency;
  return (
    <div className="stack">
      {contract === null ? (
        <p className="soft">{t('register.noContract')}</p>
      ) : (
        <div>
          <p>{t('register.contractNow', { title: contract.title, version: contract.version, when: dateTime(contract.importedAt) })}</p>
          <p className="soft small c-long">{contract.operations.map(({ summary }) => summary).join(' · ')}</p>
        </div>
      )}
      {done && <Notice kind="good">{t('register.imported')}</Notice>}
      <SourceForm busy={busy} onInspect={inspect} />
      <Refused refusal={refusal} />
      {answer !== undefined && source !== undefined && !done && (
        <PickOperations
          key={answer.title + answer.apiVersion}
          agencyId={agency.agencyId}
          found={answer}
          source={source}
          onDone={() => setDone(true)}
        />
      )}
    </div>
  );
}
