import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge } from '../ui/components/badge.tsx';
import { Button } from '../ui/components/button.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Tabs } from '../ui/components/tabs.tsx';
import type { Problem } from './checker.ts';
import { outline, selectElement } from './diagram-marks.ts';
import type { Drawing } from './use-drawing.ts';
import { language } from '../ui/i18n.ts';
import problemWords from './problem-words.json' with { type: 'json' };
import { translate } from './bpmn-io/translate-module.ts';

const sentences: ReadonlyMap<string, string> = new Map(Object.entries(problemWords));

/** In Indonesian the sentence for the problem's code, with the check's own (English) words for the details; in English those alone. */
function ProblemText({ problem }: { readonly problem: Problem }): ReactNode {
  const sentence = language() === 'id' ? sentences.get(problem.code) : undefined;
  return (
    <>
      {sentence && <div>{sentence}</div>}
      <div lang="en" className={sentence ? 'soft small' : undefined}>
        {problem.message} <span className="soft small">{problem.hint}</span>
      </div>
    </>
  );
}

function ProblemRow({ problem, onSelect }: { readonly problem: Problem; readonly onSelect: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <li className="m-problem">
      <Badge kind={problem.severity === 'error' ? 'bad' : 'warn'}>{t(`problems.${problem.severity}`)}</Badge>
      <div>
        {problem.elementId ? (
          <button type="button" className="m-problem-go" onClick={onSelect}>
            {problem.elementName || problem.elementId}
          </button>
        ) : (
          <strong>{t('problems.whole')}</strong>
        )}
        <ProblemText problem={problem} />
      </div>
    </li>
  );
}

function words(type: string): string {
  return translate(
    type
      .replace('bpmn:', '')
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .replace(/^./, (first) => first.toUpperCase()),
  );
}

function Outline({ drawing, onSelect }: { readonly drawing: Drawing; readonly onSelect: (id: string) => void }): ReactNode {
  const { t } = useTranslation();
  if (!drawing.modeler) return null;
  return (
    <ul className="m-outline" aria-label={t('problems.outline')}>
      {outline(drawing.modeler).map((shape) => (
        <li key={shape.id}>
          <button type="button" className="m-problem-go" onClick={() => onSelect(shape.id)}>
            {shape.businessObject.name || shape.id}
          </button>{' '}
          <span className="soft small">{words(shape.type)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Below the canvas: what is wrong, and all elements as a list; both select on the canvas and fill the properties panel. */
export function ProblemsPanel({ drawing }: { readonly drawing: Drawing }): ReactNode {
  const { t } = useTranslation();
  const [tab, setTab] = useState('problems');
  const [folded, setFolded] = useState(false);
  const [said, setSaid] = useState('');
  const { problems, modeler } = drawing;
  const go = (id: string | undefined): void => {
    if (!modeler) return;
    setSaid(t(selectElement(modeler, id) ? 'problems.selected' : 'problems.notDrawn', { id }));
  };
  return (
    <section className={`m-bottom ${folded ? 'm-bottom-folded' : ''}`} aria-label={t('problems.title')}>
      <div className="visually-hidden" role="status">
        {said}
      </div>
      <Button kind="plain" small className="m-fold" aria-expanded={!folded} onClick={() => setFolded(!folded)}>
        {t(folded ? 'problems.unfold' : 'problems.fold')}
      </Button>
      <Tabs
        label={t('problems.title')}
        selected={tab}
        onSelect={(id) => {
          setTab(id);
          setFolded(false);
        }}
        tabs={[
          { id: 'problems', title: t('problems.title'), count: problems.length },
          { id: 'outline', title: t('problems.outline') },
        ]}
      >
        {!folded && (
          <div className="m-bottom-body">
            {tab === 'outline' ? <Outline drawing={drawing} onSelect={go} /> : <ProblemList drawing={drawing} onSelect={go} />}
          </div>
        )}
      </Tabs>
    </section>
  );
}

function ProblemList({ drawing, onSelect }: { readonly drawing: Drawing; readonly onSelect: (id: string | undefined) => void }): ReactNode {
  const { t } = useTranslation();
  if (drawing.checkFault) return <Notice kind="warn">{t('problems.checkFailed')}</Notice>;
  if (drawing.problems.length === 0) return <p className="soft">{t(drawing.checking ? 'problems.checking' : 'problems.none')}</p>;
  return (
    <ul className="m-problems">
      {drawing.problems.map((problem, index) => (
        <ProblemRow
          key={`${problem.code}-${problem.elementId ?? ''}-${index}`}
          problem={problem}
          onSelect={() => onSelect(problem.elementId)}
        />
      ))}
    </ul>
  );
}
