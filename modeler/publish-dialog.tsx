import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../ui/client.ts';
import { Button } from '../ui/components/button.tsx';
import { Dialog } from '../ui/components/dialog.tsx';
import { Field } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import type { Problem } from './checker.ts';
import { publish } from './publish.ts';
import type { Deployed } from './publish.ts';
import type { Drawing } from './use-drawing.ts';

export interface PublishDialogProps {
  readonly drawing: Drawing;
  readonly name: string;
  readonly onClose: () => void;
  /** the server refused: these are the reasons, by element */
  readonly onRefused: (problems: readonly Problem[]) => void;
}

/** Sends the diagram to the server and says clearly what came of it. */
export function PublishDialog({ drawing, name, onClose, onRefused }: PublishDialogProps): ReactNode {
  const { t } = useTranslation();
  const [files, setFiles] = useState<readonly File[]>([]);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const [done, setDone] = useState<readonly Deployed[]>();
  const [sure, setSure] = useState(false);
  const errors = drawing.problems.filter((problem) => problem.severity === 'error');
  const refused = errors.filter((problem) => problem.source !== 'analysis').length;
  const doubts = errors.length - refused;
  const send = async (): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      setDone(await publish(name, await drawing.xml(), files));
      await drawing.settled();
    } catch (error) {
      const refused = error instanceof ProblemError ? (error.problem.problems as readonly Problem[] | undefined) : undefined;
      if (refused?.length) return onRefused(refused);
      setFault(
        error instanceof Error
          ? [error.message, error instanceof ProblemError ? error.problem.detail : ''].filter(Boolean).join(' ')
          : String(error),
      );
    } finally {
      setBusy(false);
    }
  };
  if (done) return <Published done={done} onClose={onClose} />;
  const actions = (
    <>
      <Button onClick={onClose}>{t('ui:cancel')}</Button>
      <Button kind="primary" busy={busy} disabled={doubts > 0 && refused === 0 && !sure} onClick={() => void send()}>
        {t('publish.submit')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('publish.title', { name })} onClose={onClose} actions={actions}>
      <p>{t('publish.what')}</p>
      <Doubts refused={refused} doubts={doubts} sure={sure} onSure={setSure} />
      {fault && (
        <Notice kind="bad" title={t('publish.refused')}>
          {fault}
        </Notice>
      )}
      <Field label={t('publish.files')} hint={t('publish.filesHint')}>
        {(control) => (
          <input
            {...control}
            type="file"
            multiple
            accept=".form,.json,.dmn"
            onChange={(event) => setFiles([...(event.target.files ?? [])])}
          />
        )}
      </Field>
    </Dialog>
  );
}

interface DoubtsProps {
  /** errors for which the server will refuse */
  readonly refused: number;
  /** errors of the analysis: the server takes the diagram, so a person has to say that this is wanted */
  readonly doubts: number;
  readonly sure: boolean;
  readonly onSure: (sure: boolean) => void;
}

function Doubts({ refused, doubts, sure, onSure }: DoubtsProps): ReactNode {
  const { t } = useTranslation();
  if (refused > 0) return <Notice kind="warn">{t('publish.errorsLeft', { count: refused })}</Notice>;
  if (doubts === 0) return null;
  return (
    <Notice kind="warn">
      <p>{t('publish.doubts', { count: doubts })}</p>
      <label className="m-sure">
        <input type="checkbox" checked={sure} onChange={(event) => onSure(event.target.checked)} />
        {t('publish.sure')}
      </label>
    </Notice>
  );
}

function Published({ done, onClose }: { readonly done: readonly Deployed[]; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog
      title={t('publish.done')}
      onClose={onClose}
      actions={
        <Button kind="primary" onClick={onClose}>
          {t('ui:close')}
        </Button>
      }
    >
      <Notice kind="good">
        <ul className="m-plain">
          {done.map((process) => (
            <li key={process.processDefinitionKey}>
              {t('publish.version', { id: process.processDefinitionId, version: process.processDefinitionVersion })}
            </li>
          ))}
        </ul>
      </Notice>
      <p className="soft">{t('publish.next')}</p>
    </Dialog>
  );
}
