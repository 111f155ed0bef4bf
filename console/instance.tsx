import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { Button } from '../ui/components/button.tsx';
import { Dialog } from '../ui/components/dialog.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Tabs } from '../ui/components/tabs.tsx';
import { Diagram } from '../ui/diagram.tsx';
import type { ElementCount } from '../ui/diagram.tsx';
import { dateTime, relative } from '../ui/time.ts';
import { cancelInstance, useDiagram, useElements, useIncidents, useInstance, useJobs, useVariables } from './data.ts';
import type { ElementInstance, Incident, Instance } from './data.ts';
import { ElementsTab, IncidentsTab, JobsTab, VariablesTab } from './instance-tabs.tsx';
import { ArchivedCase, RetentionLine, useRetention } from './retention.tsx';
import { StateBadge } from './state-badge.tsx';
import { useAction } from './use-action.ts';
import { WaitsOfCase } from './waits-of-case.tsx';

function countsOf(elements: readonly ElementInstance[], incidents: readonly Incident[]): ReadonlyMap<string, ElementCount> {
  const counts = new Map<string, { active: number; completed: number; incidents: number }>();
  const at = (id: string): { active: number; completed: number; incidents: number } => {
    const count = counts.get(id) ?? { active: 0, completed: 0, incidents: 0 };
    counts.set(id, count);
    return count;
  };
  for (const { elementId, state } of elements) {
    if (state === 'ACTIVE') at(elementId).active++;
    if (state === 'COMPLETED') at(elementId).completed++;
  }
  for (const { elementId, state } of incidents) if (state === 'ACTIVE') at(elementId).incidents++;
  return counts;
}

function CancelDialog({ instance, onClose }: { readonly instance: Instance; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const action = useAction(() => cancelInstance(instance.processInstanceKey));
  const actions = (
    <>
      <Button onClick={onClose}>{t('instance.keep')}</Button>
      <Button kind="danger" busy={action.busy} onClick={() => void action.run().then((done) => done && onClose())}>
        {t('instance.cancelNow')}
      </Button>
    </>
  );
  return (
    <Dialog
      title={t('instance.cancelTitle', { reference: instance.businessId || instance.processInstanceKey })}
      onClose={onClose}
      actions={actions}
    >
      <p>{t('instance.cancelWhat')}</p>
      {action.fault && <Notice kind="bad">{action.fault}</Notice>}
    </Dialog>
  );
}

function Head({ instance }: { readonly instance: Instance }): ReactNode {
  const { t } = useTranslation();
  const [canceling, setCanceling] = useState(false);
  return (
    <div className="row row-apart">
      <div className="stack-small">
        <div className="row">
          <h1>{instance.businessId || instance.processInstanceKey}</h1>
          <StateBadge state={instance.state} trouble={instance.hasIncident} />
        </div>
        <p className="soft">
          {instance.processDefinitionName ?? instance.processDefinitionId} ·{' '}
          {t('instance.version', { version: instance.processDefinitionVersion })} ·{' '}
          {t('instance.started', { at: dateTime(instance.startDate), ago: relative(instance.startDate) })}
          {instance.endDate && <> · {t('instance.ended', { at: dateTime(instance.endDate) })}</>}
        </p>
        <p className="soft small">
          {t('instance.key')} <span className="mono">{instance.processInstanceKey}</span>
        </p>
      </div>
      {instance.state === 'ACTIVE' && (
        <Button kind="danger" onClick={() => setCanceling(true)}>
          {t('instance.cancel')}
        </Button>
      )}
      {canceling && <CancelDialog instance={instance} onClose={() => setCanceling(false)} />}
    </div>
  );
}

function Body({ instance }: { readonly instance: Instance }): ReactNode {
  const { t } = useTranslation();
  const key = instance.processInstanceKey;
  const [params, setParams] = useSearchParams();
  const [selected, setSelected] = useState<string>();
  const diagram = useDiagram(instance.processDefinitionKey);
  const elements = useElements(key).data;
  const incidents = useIncidents(key).data;
  const variables = useVariables(key).data;
  const jobs = useJobs(key).data;
  const counts = useMemo(() => countsOf(elements ?? [], incidents ?? []), [elements, incidents]);
  const stuck = incidents?.filter((incident) => incident.state === 'ACTIVE').length ?? 0;
  const tab = params.get('tab') ?? (instance.hasIncident ? 'incidents' : 'elements');
  const nameOf = (id: string): string => elements?.find((element) => element.elementId === id)?.elementName || id;
  return (
    <>
      {diagram.error && <Notice kind="bad">{diagram.error.message}</Notice>}
      {diagram.data && <Diagram xml={diagram.data} counts={counts} {...(selected ? { selected } : {})} onSelect={setSelected} />}
      <Tabs
        label={t('instance.tabs')}
        selected={tab}
        onSelect={(id) => setParams({ tab: id }, { replace: true })}
        tabs={[
          { id: 'incidents', title: t('tabs.incidents'), count: stuck },
          { id: 'elements', title: t('tabs.elements') },
          { id: 'variables', title: t('tabs.variables'), ...(variables ? { count: variables.length } : {}) },
          { id: 'jobs', title: t('tabs.jobs') },
        ]}
      >
        {selected && (
          <p className="row">
            {t('instance.only', { step: nameOf(selected) })}
            <Button small onClick={() => setSelected(undefined)}>
              {t('instance.showAll')}
            </Button>
          </p>
        )}
        {tab === 'incidents' && <IncidentsTab incidents={incidents} only={selected} nameOf={nameOf} />}
        {tab === 'elements' && <ElementsTab elements={elements} only={selected} />}
        {tab === 'variables' && <VariablesTab variables={variables} elements={elements} root={key} />}
        {tab === 'jobs' && <JobsTab jobs={jobs} only={selected} nameOf={nameOf} />}
      </Tabs>
    </>
  );
}

/** `/instances/:key`: one case, as an operator sees it. */
export function InstancePage(): ReactNode {
  const { t } = useTranslation();
  const { key = '' } = useParams();
  const { data, error } = useInstance(key);
  const kept = useRetention(key);
  const archived = error !== null && kept.data?.archive ? kept.data : undefined;
  return (
    <div className="stack">
      <Link to="/instances">← {t('instance.all')}</Link>
      {archived?.archive && <ArchivedCase kept={archived} archive={archived.archive} />}
      {error && !archived && !kept.isLoading && <Notice kind="bad">{error.message}</Notice>}
      {!data && !error && <p className="soft">{t('ui:loading')}</p>}
      {data && <Head instance={data} />}
      {data && <RetentionLine instanceKey={key} ended={Boolean(data.endDate)} />}
      {data?.state === 'ACTIVE' && <WaitsOfCase instanceKey={key} />}
      {data && <Body instance={data} />}
    </div>
  );
}
