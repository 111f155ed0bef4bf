import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { requestText, search } from '../ui/client.ts';
import { Badge } from '../ui/components/badge.tsx';
import { Button } from '../ui/components/button.tsx';
import { EmptyState } from '../ui/components/empty-state.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Page } from '../ui/components/page.tsx';
import { Table } from '../ui/components/table.tsx';
import { live } from '../ui/events.ts';
import { relative } from '../ui/time.ts';
import blank from './templates/blank.bpmn?raw';
import permit from './templates/permit.bpmn?raw';
import { dropWorkingCopy, newWorkingCopy, workingCopies } from './working-copies.ts';

interface Definition {
  readonly processDefinitionKey: string;
  readonly processDefinitionId: string;
  readonly name: string | null;
  readonly version: number;
}
/** One process with its versions, newest first. */
interface Family {
  readonly id: string;
  readonly name: string;
  readonly versions: readonly Definition[];
}

function families(definitions: readonly Definition[]): readonly Family[] {
  const byId = Map.groupBy(
    [...definitions].sort((a, b) => b.version - a.version),
    (definition) => definition.processDefinitionId,
  );
  const all = [...byId].map(([id, versions]) => ({ id, name: versions[0]?.name || id, versions }));
  return all.sort((a, b) => a.name.localeCompare(b.name));
}

function useOpen(): {
  readonly open: (name: string, xml: string) => void;
  readonly openDefinition: (definition: Definition) => Promise<void>;
  readonly fault: string | undefined;
} {
  const navigate = useNavigate();
  const [fault, setFault] = useState<string>();
  const open = (name: string, xml: string): void => void navigate(`/edit/${newWorkingCopy(name, xml).id}`);
  const openDefinition = async (definition: Definition): Promise<void> => {
    try {
      open(
        definition.name || definition.processDefinitionId,
        await requestText(`/v2/process-definitions/${definition.processDefinitionKey}/xml`),
      );
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return { open, openDefinition, fault };
}

function VersionPicker({ family, onOpen }: { readonly family: Family; readonly onOpen: (definition: Definition) => void }): ReactNode {
  const { t } = useTranslation();
  const [key, setKey] = useState<string>();
  const chosen = family.versions.find((version) => version.processDefinitionKey === key) ?? family.versions[0];
  if (!chosen) return null;
  return (
    <div className="row">
      <select
        className="a-input m-version"
        aria-label={t('start.versionOf', { name: family.name })}
        value={chosen.processDefinitionKey}
        onChange={(event) => setKey(event.target.value)}
      >
        {family.versions.map((version, index) => (
          <option key={version.processDefinitionKey} value={version.processDefinitionKey}>
            {t(index === 0 ? 'start.latest' : 'start.version', { version: version.version })}
          </option>
        ))}
      </select>
      <Button small onClick={() => onOpen(chosen)}>
        {t('start.open')}
        <span className="visually-hidden"> {family.name}</span>
      </Button>
    </div>
  );
}

function Deployed({ onOpen }: { readonly onOpen: (definition: Definition) => void }): ReactNode {
  const { t } = useTranslation();
  const { data, error, isPending } = useQuery({
    queryKey: [live(['processDefinitions']), 'definitions'],
    queryFn: () => search<Definition>('process-definitions', { page: { limit: 1000 } }),
  });
  if (error) return <Notice kind="bad">{error.message}</Notice>;
  if (isPending) return <p className="soft">{t('ui:loading')}</p>;
  if (data.items.length === 0) return <EmptyState title={t('start.noneDeployed')} text={t('start.noneDeployedWhy')} />;
  return (
    <Table
      caption={t('start.deployed')}
      rows={families(data.items)}
      rowKey={(family) => family.id}
      columns={[
        { key: 'name', title: t('start.process'), cell: (family) => <strong>{family.name}</strong> },
        { key: 'id', title: 'ID', cell: (family) => <span className="mono">{family.id}</span> },
        { key: 'version', title: t('start.versionTitle'), cell: (family) => <VersionPicker family={family} onOpen={onOpen} /> },
      ]}
    />
  );
}

function Unfinished(): ReactNode {
  const { t } = useTranslation();
  const [copies, setCopies] = useState(workingCopies);
  if (copies.length === 0) return null;
  return (
    <section className="stack">
      <h2>{t('start.unfinished')}</h2>
      <ul className="m-copies">
        {copies.map((copy) => (
          <li key={copy.id} className="row row-apart">
            <span>
              <Link to={`/edit/${copy.id}`}>{copy.name}</Link> <span className="soft small">{relative(copy.savedAt)}</span>{' '}
              {copy.changes > 0 && <Badge kind="warn">{t('start.changes', { count: copy.changes })}</Badge>}
            </span>
            <Button
              small
              kind="danger"
              onClick={() => {
                if (!window.confirm(t('start.dropConfirm', { name: copy.name }))) return;
                dropWorkingCopy(copy.id);
                setCopies(workingCopies());
              }}
            >
              {t('start.drop')}
              <span className="visually-hidden"> {copy.name}</span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Where an analyst begins: what is deployed, what is half done, templates, a file. */
export function StartPage(): ReactNode {
  const { t } = useTranslation();
  const { open, openDefinition, fault } = useOpen();
  return (
    <Page app="modeler" title={t('start.title')}>
      <div className="stack-large">
        <div className="row row-apart">
          <h1>{t('start.title')}</h1>
          <label className="a-button m-file">
            {t('start.file')}
            <input
              type="file"
              className="visually-hidden"
              accept=".bpmn,.xml"
              onChange={(event) => {
                const file = event.target.files?.[0];
                if (file) void file.text().then((xml) => open(file.name.replace(/\.(bpmn|xml)$/, ''), xml));
              }}
            />
          </label>
        </div>
        {fault && <Notice kind="bad">{fault}</Notice>}
        <section className="stack">
          <h2>{t('start.new')}</h2>
          <div className="m-templates">
            <button type="button" className="card m-template" onClick={() => open(t('start.blankName'), blank)}>
              <strong>{t('start.blank')}</strong>
              <span className="soft">{t('start.blankWhat')}</span>
            </button>
            <button type="button" className="card m-template" onClick={() => open(t('start.permit'), permit)}>
              <strong>{t('start.permit')}</strong>
              <span className="soft">{t('start.permitWhat')}</span>
            </button>
          </div>
        </section>
        <Unfinished />
        <Deployed onOpen={(definition) => void openDefinition(definition)} />
      </div>
    </Page>
  );
}
