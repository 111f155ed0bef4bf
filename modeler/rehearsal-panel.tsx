import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/components/button.tsx';
import { Field } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { namesOf } from './diagram-marks.ts';
import { CaseList } from './rehearsal-cases.tsx';
import { exampleTestCase } from './rehearsal.ts';
import type { Share } from './rehearsal.ts';
import type { Drawing } from './use-drawing.ts';
import type { Rehearsing } from './use-rehearsal.ts';

export interface RehearsalPanelProps {
  readonly drawing: Drawing;
  readonly rehearsal: Rehearsing;
  readonly onSelect: (id: string) => void;
}

function Stored({ rehearsal }: { readonly rehearsal: Rehearsing }): ReactNode {
  const { t } = useTranslation();
  if (rehearsal.stored.length === 0) return <p className="soft">{t('rehearsal.noneStored')}</p>;
  return (
    <fieldset className="m-stored">
      <legend>{t('rehearsal.stored')}</legend>
      {rehearsal.stored.map(({ name }) => (
        <label key={name} className="m-check">
          <input type="checkbox" checked={!rehearsal.leftOut.has(name)} onChange={() => rehearsal.toggle(name)} />
          {name}
        </label>
      ))}
    </fieldset>
  );
}

function Choice({ rehearsal }: { readonly rehearsal: Rehearsing }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="m-choice stack">
      <Stored rehearsal={rehearsal} />
      <details open={rehearsal.pasted !== '' || rehearsal.stored.length === 0}>
        <summary>{t('rehearsal.paste')}</summary>
        <div className="stack-small">
          <Field label={t('rehearsal.pasted')} hint={t('rehearsal.pastedHint')}>
            {(control) => (
              <textarea
                {...control}
                className="a-input mono m-paste"
                rows={6}
                spellCheck={false}
                value={rehearsal.pasted}
                onChange={(event) => rehearsal.paste(event.target.value)}
              />
            )}
          </Field>
          <Button small onClick={() => rehearsal.paste(exampleTestCase(rehearsal.processId, t('rehearsal.exampleName')))}>
            {t('rehearsal.example')}
          </Button>
        </div>
      </details>
      <div className="row">
        <Button kind="primary" busy={rehearsal.busy} onClick={() => void rehearsal.run()}>
          {t(rehearsal.busy ? 'rehearsal.running' : 'rehearsal.run')}
        </Button>
      </div>
    </div>
  );
}

interface CoverageProps {
  readonly kind: 'elements' | 'flows';
  readonly share: Share;
  readonly nameOf: (id: string) => string;
  readonly onSelect: (id: string) => void;
}

function Coverage({ kind, share, nameOf, onSelect }: CoverageProps): ReactNode {
  const { t } = useTranslation();
  const percent = share.total === 0 ? 100 : Math.floor((share.covered.length / share.total) * 100);
  return (
    <div>
      <strong>{t(`rehearsal.${kind}`, { covered: share.covered.length, total: share.total, percent })}</strong>
      {share.missed.length > 0 && (
        <span className="m-missed">
          {' '}
          {t('rehearsal.missed')}{' '}
          {share.missed.map((id) => (
            <button key={id} type="button" className="m-go" onClick={() => onSelect(id)}>
              {nameOf(id)}
            </button>
          ))}
        </span>
      )}
    </div>
  );
}

function Result({ rehearsal, drawing, onSelect }: RehearsalPanelProps): ReactNode {
  const { t } = useTranslation();
  const { report } = rehearsal;
  if (!report) return <p className="soft">{t('rehearsal.what')}</p>;
  const passed = report.cases.filter((one) => one.passed).length;
  const differ = report.cases.filter(({ opinion }) => opinion.comparable && !opinion.agree).length;
  const nameOf = (id: string): string => drawing.nameOf(id);
  return (
    <div className="stack">
      {rehearsal.stale && <Notice kind="warn">{t('rehearsal.stale')}</Notice>}
      <p role="status">
        <strong>{t('rehearsal.passed', { passed, count: report.cases.length })}</strong>{' '}
        {differ > 0 ? t('rehearsal.differ', { count: differ }) : t('rehearsal.noneDiffer')}
      </p>
      <div className="stack-small">
        <Coverage kind="elements" share={report.coverage.elements} nameOf={nameOf} onSelect={onSelect} />
        <Coverage kind="flows" share={report.coverage.flows} nameOf={nameOf} onSelect={onSelect} />
        <p className="small soft">
          <span className="m-key m-key-covered" aria-hidden="true" /> {t('rehearsal.keyCovered')}{' '}
          <span className="m-key m-key-missed" aria-hidden="true" /> {t('rehearsal.keyMissed')}
        </p>
      </div>
      <CaseList
        rehearsal={rehearsal}
        stepNames={(path) => (drawing.modeler ? namesOf(drawing.modeler, path) : path)}
        nameOf={nameOf}
        onSelect={onSelect}
      />
    </div>
  );
}

/** Choose test cases, let them play on both implementations, see where they went and where the two differ. */
export function RehearsalPanel(props: RehearsalPanelProps): ReactNode {
  const { t } = useTranslation();
  const { fault } = props.rehearsal;
  return (
    <div className="m-rehearsal">
      <Choice rehearsal={props.rehearsal} />
      <div>
        {fault && (
          <Notice kind="bad" title={t('rehearsal.failed')}>
            {fault}
          </Notice>
        )}
        {!fault && <Result {...props} />}
      </div>
    </div>
  );
}
