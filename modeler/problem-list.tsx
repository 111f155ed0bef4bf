import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge } from '../ui/components/badge.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { language } from '../ui/i18n.ts';
import type { Found } from './checker.ts';
import { namesOf } from './diagram-marks.ts';
import problemWords from './problem-words.json' with { type: 'json' };
import type { Drawing } from './use-drawing.ts';

const sentences: ReadonlyMap<string, string> = new Map(Object.entries(problemWords));
const badges = { error: 'bad', warning: 'warn', info: 'info' } as const;

/** The Indonesian sentence for a code, with the words of this case in it; undefined in English and for what has no sentence. */
function sentenceFor({ code, values }: Found): string | undefined {
  if (language() !== 'id') return undefined;
  return sentences.get(code)?.replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? '');
}

/** In Indonesian the sentence for the problem's code, with the check's own (English) words for the details; in English those alone. */
function ProblemText({ problem }: { readonly problem: Found }): ReactNode {
  const sentence = sentenceFor(problem);
  return (
    <>
      {sentence && <div>{sentence}</div>}
      <div lang="en" className={sentence ? 'soft small' : undefined}>
        {problem.message} <span className="soft small">{problem.hint}</span>
      </div>
    </>
  );
}

/** The counter-example in words, for those who cannot see it on the canvas. */
function Way({ names }: { readonly names: readonly string[] }): ReactNode {
  const { t } = useTranslation();
  return (
    <p className="m-way small">
      <span className="m-way-line" aria-hidden="true" /> {t('problems.way')} {names.join(' → ')}
    </p>
  );
}

interface RowProps {
  readonly problem: Found;
  readonly drawing: Drawing;
  readonly isShown: boolean;
  readonly onShow: () => void;
}

function ProblemRow({ problem, drawing, isShown, onShow }: RowProps): ReactNode {
  const { t } = useTranslation();
  const way = isShown && drawing.modeler ? namesOf(drawing.modeler, problem.path) : [];
  return (
    <li className="m-problem">
      <Badge kind={badges[problem.severity]}>{t(`problems.${problem.severity}`)}</Badge>
      <div>
        {problem.elementId ? (
          <button type="button" className="m-go" aria-pressed={problem.path.length > 0 ? isShown : undefined} onClick={onShow}>
            {problem.elementName || problem.elementId}
          </button>
        ) : (
          <strong>{t('problems.whole')}</strong>
        )}
        {problem.path.length > 0 && !isShown && <span className="soft small"> {t('problems.hasWay')}</span>}
        <ProblemText problem={problem} />
        {way.length > 0 && <Way names={way} />}
      </div>
    </li>
  );
}

/** How far the check came, said honestly: silence about an unexplored part is no praise. */
function Reach({ drawing }: { readonly drawing: Drawing }): ReactNode {
  const { t } = useTranslation();
  const { looked, problems, checking } = drawing;
  if (looked && !looked.complete) {
    return <Notice kind="warn">{t('problems.bounded', { states: looked.states })}</Notice>;
  }
  if (!looked && problems.length > 0 && !checking) return <p className="soft small">{t('problems.notLooked')}</p>;
  return null;
}

interface ListProps {
  readonly drawing: Drawing;
  /** the problem whose way is on the canvas */
  readonly shown: Found | undefined;
  readonly onShow: (problem: Found) => void;
}

export function ProblemList({ drawing, shown, onShow }: ListProps): ReactNode {
  const { t } = useTranslation();
  const { problems, checking, looked } = drawing;
  if (drawing.checkFault) return <Notice kind="warn">{t('problems.checkFailed')}</Notice>;
  if (problems.length === 0 && (checking || looked?.complete !== false))
    return <p className="soft">{t(checking ? 'problems.checking' : 'problems.none')}</p>;
  return (
    <>
      <Reach drawing={drawing} />
      <ul className="m-problems">
        {problems.map((problem, index) => (
          <ProblemRow
            key={`${problem.code}-${problem.elementId ?? ''}-${index}`}
            problem={problem}
            drawing={drawing}
            isShown={problem === shown}
            onShow={() => onShow(problem)}
          />
        ))}
      </ul>
    </>
  );
}
