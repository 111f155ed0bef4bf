import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge } from '../ui/components/badge.tsx';
import { Button } from '../ui/components/button.tsx';
import { Table } from '../ui/components/table.tsx';
import type { CaseReport, Opinion, Trace } from './rehearsal.ts';
import type { Rehearsing } from './use-rehearsal.ts';

interface Common {
  readonly nameOf: (id: string) => string;
  readonly onSelect: (id: string) => void;
}

/** What one implementation did at an element, in the reader's language; a sentence of another shape stays as it came. */
function useDeed(nameOf: Common['nameOf']): (text: string) => string {
  const { t } = useTranslation();
  return (text) => {
    const counted = /^(completed|taken) (\d+) times$/.exec(text);
    if (counted) return t(`rehearsal.deed.${counted[1] ?? ''}`, { count: Number(counted[2]) });
    const ended = /^(completed|waiting|failed)(?: at (.*))?$/.exec(text);
    if (ended) return t(`rehearsal.ended.${ended[1] ?? ''}`, { at: (ended[2] ?? '').split(', ').map(nameOf).join(', ') });
    return text;
  };
}

function Sides({ ours, theirs, nameOf }: { readonly ours: Trace; readonly theirs: Trace; readonly nameOf: Common['nameOf'] }): ReactNode {
  const { t } = useTranslation();
  const sides = [['Alur', ours], ['bpmn-engine', theirs]] as const; // prettier-ignore
  return (
    <div className="m-sides">
      {sides.map(([who, trace]) => (
        <div key={who}>
          <strong>{who}</strong>
          <ol>
            {trace.completed.map((id, index) => (
              <li key={index}>{nameOf(id)}</li>
            ))}
          </ol>
          <p className="small soft">{t(`rehearsal.ended.${trace.ended}`, { at: trace.at.map(nameOf).join(', ') })}</p>
        </div>
      ))}
    </div>
  );
}

function Differences({ opinion, nameOf, onSelect }: Common & { readonly opinion: Extract<Opinion, { comparable: true }> }): ReactNode {
  const { t } = useTranslation();
  const deed = useDeed(nameOf);
  return (
    <div className="stack-small">
      <Table
        caption={t('rehearsal.differences')}
        rows={opinion.differences}
        rowKey={(row) => `${row.elementId} ${row.ours}`}
        columns={[
          {
            key: 'at',
            title: t('rehearsal.at'),
            cell: (row) => (
              <button type="button" className="m-go" onClick={() => onSelect(row.elementId)}>
                {nameOf(row.elementId)}
              </button>
            ),
          },
          { key: 'ours', title: 'Alur', cell: (row) => deed(row.ours) },
          { key: 'theirs', title: 'bpmn-engine', cell: (row) => deed(row.theirs) },
        ]}
      />
      <Sides ours={opinion.ours} theirs={opinion.theirs} nameOf={nameOf} />
    </div>
  );
}

function Opinion({ opinion, nameOf, onSelect }: Common & { readonly opinion: Opinion }): ReactNode {
  const { t } = useTranslation();
  if (opinion.comparable)
    return opinion.agree ? (
      <p className="small">{t('rehearsal.agree')}</p>
    ) : (
      <Differences opinion={opinion} nameOf={nameOf} onSelect={onSelect} />
    );
  if (opinion.elements.length === 0)
    return (
      <p className="small">
        {t('rehearsal.notCompared')} <span lang="en">{opinion.reasons.join(' ')}</span>
      </p>
    );
  return (
    <div className="small">
      {t('rehearsal.notComparedElements')}
      <ul>
        {opinion.elements.map(({ elementId, elementName, code, why }) => (
          <li key={`${elementId} ${code}`}>
            <button type="button" className="m-go" onClick={() => onSelect(elementId)}>
              {elementName}
            </button>
            : {t(`rehearsal.why.${code}`, why)}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface CaseProps extends Common {
  readonly one: CaseReport;
  readonly isShown: boolean;
  readonly onShow: () => void;
  /** names of a path's elements, flows left out */
  readonly stepNames: (path: readonly string[]) => readonly string[];
}

function Case({ one, isShown, onShow, stepNames, nameOf, onSelect }: CaseProps): ReactNode {
  const { t } = useTranslation();
  const { failure } = one;
  return (
    <li className="m-case">
      <div className="row">
        <Badge kind={one.passed ? 'good' : 'bad'}>{t(one.passed ? 'rehearsal.casePassed' : 'rehearsal.caseFailed')}</Badge>
        <strong>{one.name}</strong>
        <Button small aria-pressed={isShown} disabled={one.path.length === 0} onClick={onShow}>
          {t(isShown ? 'rehearsal.again' : 'rehearsal.showPath')}
          <span className="visually-hidden"> {one.name}</span>
        </Button>
      </div>
      {failure && (
        <p>
          {t('rehearsal.failedAt', { instruction: failure.instruction, type: failure.type })} <span lang="en">{failure.message}</span>
        </p>
      )}
      {isShown && (
        <p className="m-way small">
          {t('rehearsal.path')} {stepNames(one.path).join(' → ')}
        </p>
      )}
      <Opinion opinion={one.opinion} nameOf={nameOf} onSelect={onSelect} />
    </li>
  );
}

export interface CaseListProps extends Common {
  readonly rehearsal: Rehearsing;
  readonly stepNames: CaseProps['stepNames'];
}

export function CaseList({ rehearsal, stepNames, nameOf, onSelect }: CaseListProps): ReactNode {
  const { t } = useTranslation();
  const { report, shown } = rehearsal;
  if (!report) return null;
  return (
    <>
      {shown && (
        <div className="row">
          <Button small onClick={() => rehearsal.show(undefined)}>
            {t('rehearsal.showCoverage')}
          </Button>
        </div>
      )}
      <ul className="m-cases" aria-label={t('rehearsal.cases')}>
        {report.cases.map((one, index) => (
          <Case
            key={`${one.name}-${index}`}
            one={one}
            isShown={shown?.path === one.path}
            onShow={() => rehearsal.show(one)}
            stepNames={stepNames}
            nameOf={nameOf}
            onSelect={onSelect}
          />
        ))}
      </ul>
    </>
  );
}
