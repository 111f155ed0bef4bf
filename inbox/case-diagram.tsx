import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../ui/components/notice.tsx';
import { request, requestText } from '../ui/client.ts';
import { Diagram } from '../ui/diagram.tsx';
import type { ElementCount } from '../ui/diagram.tsx';
import type { TaskDetail } from './queries.ts';

interface ElementRow {
  readonly elementId: string;
  readonly state: string;
  readonly hasIncident?: boolean;
}

/** "You are here": the diagram with this case's steps marked and the task's own step selected. */
export function CaseDiagram({ detail }: { readonly detail: TaskDetail }): ReactNode {
  const { t } = useTranslation('inbox');
  const { processDefinitionKey, processInstanceKey, elementId } = detail.task;
  const xml = useQuery({
    queryKey: ['diagram', processDefinitionKey],
    queryFn: () => requestText(`/v2/process-definitions/${processDefinitionKey}/xml`),
    staleTime: Infinity,
  });
  const elements = useQuery({
    queryKey: ['case-elements', processInstanceKey],
    queryFn: () => request<{ readonly elements?: readonly ElementRow[] }>(`/api/v1/cases/${processInstanceKey}`),
  });
  const counts = useMemo(() => countElements(elements.data?.elements ?? [], elementId), [elements.data, elementId]);
  if (xml.error) return <Notice kind="warn">{xml.error.message}</Notice>;
  if (!xml.data) return <p className="soft">{t('ui:loading')}</p>;
  return <Diagram xml={xml.data} counts={counts} selected={elementId} />;
}

/** Visits per element; the task's own step is marked even when the rest cannot be had. */
function countElements(rows: readonly ElementRow[], here: string): ReadonlyMap<string, ElementCount> {
  const counts = new Map<string, ElementCount>([[here, { active: 1 }]]);
  if (rows.length > 0) counts.delete(here);
  for (const row of rows) {
    const before = counts.get(row.elementId) ?? {};
    const kind = row.state === 'ACTIVE' ? 'active' : row.state === 'COMPLETED' ? 'completed' : undefined;
    if (!kind) continue;
    counts.set(row.elementId, {
      ...before,
      [kind]: (before[kind] ?? 0) + 1,
      ...(row.hasIncident ? { incidents: (before.incidents ?? 0) + 1 } : {}),
    });
  }
  return counts;
}
