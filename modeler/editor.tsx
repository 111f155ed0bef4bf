import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { Button } from '../ui/components/button.tsx';
import { Dialog } from '../ui/components/dialog.tsx';
import { EmptyState } from '../ui/components/empty-state.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Page } from '../ui/components/page.tsx';
import { clockTime } from '../ui/time.ts';
import { BottomPanel } from './bottom-panel.tsx';
import { refusal } from './checker.ts';
import { selectElement } from './diagram-marks.ts';
import { PublishDialog } from './publish-dialog.tsx';
import { download, fileName } from './publish.ts';
import { useDrawing } from './use-drawing.ts';
import type { Drawing } from './use-drawing.ts';
import { workingCopy } from './working-copies.ts';
import type { WorkingCopy } from './working-copies.ts';

function KeptState({ drawing }: { readonly drawing: Drawing }): ReactNode {
  const { t } = useTranslation();
  if (drawing.keepFailed) return <span className="a-error">{t('editor.keepFailed')}</span>;
  return (
    <span className="soft small" role="status">
      {drawing.changes > 0 ? t('editor.unpublished', { count: drawing.changes }) : t('editor.noChanges')} ·{' '}
      {t('editor.keptAt', { time: clockTime(drawing.keptAt) })}
    </span>
  );
}

const shortcuts = ['A', 'N', 'R', 'E', 'H', 'L', 'S', 'C', 'Ctrl+Z', 'Ctrl+Y', 'Ctrl+F', 'Delete'] as const;

function KeyHelp({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog title={t('keys.title')} onClose={onClose} actions={<Button onClick={onClose}>{t('ui:close')}</Button>}>
      <p>{t('keys.how')}</p>
      <dl className="m-keys">
        {shortcuts.map((key) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(`keys.${key}`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

interface ToolbarProps {
  readonly drawing: Drawing;
  readonly name: string;
  readonly onPublish: () => void;
  readonly onHelp: () => void;
}

function Toolbar({ drawing, name, onPublish, onHelp }: ToolbarProps): ReactNode {
  const { t } = useTranslation();
  const save = async (): Promise<void> => {
    download(fileName(name), await drawing.xml(), 'application/xml');
    await drawing.settled();
  };
  return (
    <div className="m-toolbar no-print">
      <Link to="/" className="m-back">
        ← {t('editor.all')}
      </Link>
      <h1 className="m-name">{name}</h1>
      <KeptState drawing={drawing} />
      <div className="row m-tools" role="group" aria-label={t('editor.tools')}>
        <Button small disabled={!drawing.undo.can} onClick={drawing.undo.run}>
          {t('editor.undo')}
        </Button>
        <Button small disabled={!drawing.redo.can} onClick={drawing.redo.run}>
          {t('editor.redo')}
        </Button>
        <Button small onClick={onHelp}>
          {t('editor.keys')}
        </Button>
        <Button small disabled={!drawing.modeler} onClick={() => void save()}>
          {t('editor.save')}
        </Button>
        <Button small kind="primary" disabled={!drawing.modeler} onClick={onPublish}>
          {t('editor.publish')}
        </Button>
      </div>
    </div>
  );
}

function Notices({ drawing, refused }: { readonly drawing: Drawing; readonly refused: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="m-notices">
      {drawing.openFault && (
        <Notice kind="bad" title={t('editor.openFailed')}>
          {drawing.openFault}
        </Notice>
      )}
      {drawing.warnings.length > 0 && (
        <Notice kind="warn" title={t('editor.warnings', { count: drawing.warnings.length })}>
          <ul>
            {drawing.warnings.map((warning, index) => (
              <li key={index}>{warning}</li>
            ))}
          </ul>
        </Notice>
      )}
      {refused && <Notice kind="bad">{t('publish.refusedAt')}</Notice>}
    </div>
  );
}

function EditorScreen({ copy }: { readonly copy: WorkingCopy }): ReactNode {
  const { t } = useTranslation();
  const drawing = useDrawing(copy);
  const [dialog, setDialog] = useState<'publish' | 'keys'>();
  const [refusedAt, setRefusedAt] = useState<number>();
  const name = workingCopy(copy.id)?.name ?? copy.name;
  return (
    <Page app="modeler" title={name} width="bare">
      <Toolbar drawing={drawing} name={name} onPublish={() => setDialog('publish')} onHelp={() => setDialog('keys')} />
      <Notices drawing={drawing} refused={refusedAt === drawing.changes} />
      <div className="m-work">
        <div className="m-left">
          <div className="m-canvas" ref={drawing.canvas} role="region" aria-label={t('editor.canvas')} />
          <BottomPanel drawing={drawing} />
        </div>
        <div className="m-panel" ref={drawing.panel} role="region" aria-label={t('editor.panel')} />
      </div>
      {dialog === 'keys' && <KeyHelp onClose={() => setDialog(undefined)} />}
      {dialog === 'publish' && (
        <PublishDialog
          drawing={drawing}
          name={name}
          onClose={() => setDialog(undefined)}
          onRefused={(problems) => {
            setDialog(undefined);
            setRefusedAt(drawing.changes);
            drawing.showProblems(problems.map(refusal));
            if (drawing.modeler) selectElement(drawing.modeler, problems[0]?.elementId);
          }}
        />
      )}
    </Page>
  );
}

/** `/edit/:id`: one working copy. */
export function Editor(): ReactNode {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const [copy] = useState(() => workingCopy(id));
  if (copy?.id === id) return <EditorScreen key={id} copy={copy} />;
  return (
    <Page app="modeler" title={t('editor.gone')}>
      <EmptyState title={t('editor.gone')} text={t('editor.goneWhy')}>
        <Link className="a-button" to="/">
          {t('editor.all')}
        </Link>
      </EmptyState>
    </Page>
  );
}
