import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { inLanguage } from '../i18n.ts';
import { longDate } from '../time.ts';
import type { Stage } from './case.ts';

/** The way a case goes, in order: what is done, where it is, what is to come. Words and mark say it, colour only supports. */
export function Stages({ stages, waiting }: { readonly stages: readonly Stage[]; readonly waiting?: ReactNode }): ReactNode {
  const { t } = useTranslation('case');
  return (
    <ol className="case-stages">
      {stages.map((stage, at) => (
        <li key={stage.id} className={`case-stage case-stage-${stage.state}`} aria-current={stage.state === 'current' ? 'step' : undefined}>
          <span className="case-stage-mark" aria-hidden="true">
            {stage.state === 'done' ? '✓' : at + 1}
          </span>
          <div className="case-stage-body">
            <span className="case-stage-name">{inLanguage(stage.label, stage.labelEn)}</span>
            <span className="case-stage-state">
              {t(`stage.${stage.state}`)}
              {stage.state === 'done' && stage.endedAt && ` · ${longDate(stage.endedAt)}`}
            </span>
            {stage.state === 'current' && waiting}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** "Tahap 2 dari 5: Pemeriksaan" with a bar; the denominator is the number of stages the service really has. */
export function StageProgress({ stages }: { readonly stages: readonly Stage[] }): ReactNode {
  const { t } = useTranslation('case');
  const done = stages.filter((stage) => stage.state === 'done').length;
  const at = stages.findIndex((stage) => stage.state === 'current');
  const current = stages[at];
  if (stages.length === 0) return null;
  const text = current
    ? t('progress', { at: at + 1, of: stages.length, label: inLanguage(current.label, current.labelEn) })
    : t('progressDone', { done, of: stages.length });
  return (
    <div className="case-progress">
      <span id="case-progress-text">{text}</span>
      <progress max={stages.length} value={done} aria-labelledby="case-progress-text" />
    </div>
  );
}
