import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Sight, VisibleVariable } from '../engine/analysis/visibility.ts';
import { Table } from '../ui/components/table.tsx';
import type { Column } from '../ui/components/table.tsx';
import { inLanguage } from '../ui/i18n.ts';
import type { Seen } from './checker.ts';
import { laneOptions } from './properties/catalog.ts';
import type { Drawing } from './use-drawing.ts';

const CITIZEN = 'citizen';

function partyName(agency: string): string {
  return laneOptions().find(({ value }) => value === agency)?.label ?? agency;
}

const labelOf = ({ name, label, labelEn }: VisibleVariable): string => inLanguage(label ?? name, labelEn ?? label ?? name);

/** Why an agency sees something: what its steps do with it. */
function Why({ sights }: { readonly sights: readonly Sight[] }): ReactNode {
  const { t } = useTranslation();
  if (sights.length === 0) return <span className="soft">{t('seen.none')}</span>;
  const steps = (because: Sight['because']): string =>
    [...new Set(sights.filter((sight) => sight.because === because).map(({ elementName }) => elementName ?? ''))].join(', ');
  const said = (['writes', 'reads'] as const).filter((because) => steps(because) !== '').map((because) => t(`seen.${because}`, { steps: steps(because) })); // prettier-ignore
  return <>{said.length > 0 ? said.join('; ') : t('seen.declared')}</>;
}

function DataTable({ seen }: { readonly seen: Seen }): ReactNode {
  const { t } = useTranslation();
  const others = seen.parties.filter((party) => party !== seen.owner);
  const ofParty = (party: string): Column<VisibleVariable> => ({
    key: party,
    title: party === CITIZEN ? t('seen.applicant') : partyName(party),
    cell: ({ sights }) => <Why sights={sights.filter(({ agency }) => agency === party)} />,
  });
  const columns: readonly Column<VisibleVariable>[] = [
    { key: 'name', title: t('seen.variable'), cell: (variable) => <strong>{labelOf(variable)}</strong> },
    ...others.map(ofParty),
    { key: 'roles', title: t('seen.roles'), cell: ({ identity }) => t(identity ? 'seen.identity' : 'seen.all') },
  ];
  if (seen.variables.length === 0) return <p className="soft">{t('seen.noData')}</p>;
  return <Table caption={t('seen.data')} columns={columns} rows={seen.variables} rowKey={({ name }) => name} />;
}

interface Stepped {
  readonly elementId: string;
  readonly elementName: string;
}

function StepButton({ step, onSelect }: { readonly step: Stepped; readonly onSelect: (id: string) => void }): ReactNode {
  const { t } = useTranslation();
  const name = step.elementName;
  return (
    <button type="button" className="m-go" title={t('seen.select', { name })} onClick={() => onSelect(step.elementId)}>
      {name}
    </button>
  );
}

type Panel = { readonly seen: Seen; readonly onSelect: (id: string) => void };

function TaskTable({ seen, onSelect }: Panel): ReactNode {
  const { t } = useTranslation();
  const doer = (agency: string | undefined): string => {
    if (agency === undefined) return t('seen.nobody');
    return agency === CITIZEN ? t('seen.byApplicant') : t('seen.byUnit', { name: partyName(agency) });
  };
  if (seen.tasks.length === 0) return null;
  return (
    <Table
      caption={t('seen.tasks')}
      columns={[
        { key: 'step', title: t('seen.task'), cell: (task) => <StepButton step={task} onSelect={onSelect} /> },
        { key: 'who', title: t('seen.who'), cell: ({ agency }) => doer(agency) },
      ]}
      rows={seen.tasks}
      rowKey={({ elementId }) => elementId}
    />
  );
}

/** What steps make without the diagram saying whom it is for. */
function Rest({ seen, nameOf, onSelect }: Panel & Pick<Drawing, 'nameOf'>): ReactNode {
  const { t } = useTranslation();
  const readers = (agencies: readonly string[]): string => {
    if (agencies.includes('*')) return t('seen.everyone');
    return agencies.map(partyName).join(', ') || t('seen.onlyOwner');
  };
  return (
    <>
      {seen.documents.map(({ elementId, agencies }) => (
        <p key={elementId}>
          {t('seen.documents')} <StepButton step={{ elementId, elementName: nameOf(elementId) }} onSelect={onSelect} />: {readers(agencies)}
        </p>
      ))}
      {seen.unnamed.length > 0 && (
        <p>
          {t('seen.hidden')}{' '}
          {seen.unnamed.map((step, at) => (
            <span key={step.elementId}>
              {at > 0 && ', '}
              <StepButton step={step} onSelect={onSelect} />
            </span>
          ))}
        </p>
      )}
    </>
  );
}

function OneProcess({ seen, drawing, onSelect }: Panel & { readonly drawing: Drawing }): ReactNode {
  const { t } = useTranslation();
  return (
    <section className="stack" aria-label={seen.processName}>
      <p>{seen.owner === undefined ? t('seen.noOwner') : t('seen.owner', { name: partyName(seen.owner) })}</p>
      {seen.parties.length > 1 && <p>{t('seen.timeline', { names: seen.parties.map(partyName).join(', ') })}</p>}
      <DataTable seen={seen} />
      <TaskTable seen={seen} onSelect={onSelect} />
      <Rest seen={seen} nameOf={drawing.nameOf} onSelect={onSelect} />
    </section>
  );
}

/** Who will see which data and steps of a case, by agency and role, as the diagram stands now: before anything is published. */
export function SeenPanel({ drawing, onSelect }: { readonly drawing: Drawing; readonly onSelect: (id: string) => void }): ReactNode {
  const { t } = useTranslation();
  if (drawing.seen === undefined) return <p className="soft">{t('seen.notYet')}</p>;
  return drawing.seen.map((seen) => <OneProcess key={seen.processId} seen={seen} drawing={drawing} onSelect={onSelect} />);
}
