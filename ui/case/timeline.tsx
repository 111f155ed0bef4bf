import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { inLanguage } from '../i18n.ts';
import { dateTime } from '../time.ts';
import type { TimelineEntry } from './case.ts';

const marks = { started: '→', done: '✓', trouble: '!' } as const;

/** What happened so far, newest first: step, agency, moment. */
export function Timeline({ entries }: { readonly entries: readonly TimelineEntry[] }): ReactNode {
  const { t } = useTranslation('case');
  if (entries.length === 0) return <p className="soft">{t('timeline.empty')}</p>;
  return (
    <ol className="case-timeline" reversed>
      {[...entries].reverse().map((entry, at) => (
        <li key={`${entry.at}-${at}`} className={`case-timeline-${entry.state}`}>
          <span className="case-timeline-mark" aria-hidden="true">
            {marks[entry.state]}
          </span>
          <div>
            <span className="case-timeline-step">{inLanguage(entry.step, entry.stepEn)}</span>{' '}
            <span className="case-timeline-state">{t(`timeline.${entry.state}`)}</span>
            <span className="soft small case-timeline-where">
              {entry.agencyName && `${inLanguage(entry.agencyName, entry.agencyNameEn)} · `}
              <time dateTime={entry.at}>{dateTime(entry.at)}</time>
            </span>
          </div>
        </li>
      ))}
    </ol>
  );
}
