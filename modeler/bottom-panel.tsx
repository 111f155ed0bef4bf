import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/components/button.tsx';
import { Tabs } from '../ui/components/tabs.tsx';
import { translate } from './bpmn-io/translate-module.ts';
import type { Found } from './checker.ts';
import { markOnly, outline, selectElement } from './diagram-marks.ts';
import { RehearsalPanel } from './rehearsal-panel.tsx';
import { ProblemList } from './problem-list.tsx';
import { SeenPanel } from './seen-panel.tsx';
import type { Drawing } from './use-drawing.ts';
import { useRehearsal } from './use-rehearsal.ts';
import type { Rehearsing } from './use-rehearsal.ts';

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
          <button type="button" className="m-go" onClick={() => onSelect(shape.id)}>
            {shape.businessObject.name || shape.id}
          </button>{' '}
          <span className="soft small">{words(shape.type)}</span>
        </li>
      ))}
    </ul>
  );
}

interface Body {
  readonly tab: string;
  readonly drawing: Drawing;
  readonly rehearsal: Rehearsing;
  readonly shown: Found | undefined;
  readonly onSelect: (id: string | undefined) => void;
  readonly onShow: (problem: Found) => void;
}

function PanelBody({ tab, drawing, rehearsal, shown, onSelect, onShow }: Body): ReactNode {
  if (tab === 'outline') return <Outline drawing={drawing} onSelect={onSelect} />;
  if (tab === 'seen') return <SeenPanel drawing={drawing} onSelect={onSelect} />;
  if (tab === 'rehearsal') return <RehearsalPanel drawing={drawing} rehearsal={rehearsal} onSelect={onSelect} />;
  return <ProblemList drawing={drawing} shown={shown} onShow={onShow} />;
}

/** The problem whose way is drawn on the canvas; gone with the next check, which may tell another way. */
function useShownWay(drawing: Drawing, active: boolean): readonly [Found | undefined, (problem: Found | undefined) => void] {
  const [shown, setShown] = useState<Found>();
  const { modeler, problems } = drawing;
  const current = active && shown && problems.includes(shown) ? shown : undefined;
  useEffect(() => {
    if (!modeler || !current) return undefined;
    markOnly(modeler, 'alur-way', current.path);
    return () => markOnly(modeler, 'alur-way', []);
  }, [modeler, current]);
  return [current, setShown];
}

/** Below the canvas: what is wrong, all elements as a list, and the rehearsal. Everything here selects on the canvas. */
export function BottomPanel({ drawing }: { readonly drawing: Drawing }): ReactNode {
  const { t } = useTranslation();
  const [tab, setTab] = useState('problems');
  const [folded, setFolded] = useState(false);
  const [said, setSaid] = useState('');
  const [shown, setShown] = useShownWay(drawing, tab === 'problems');
  const rehearsal = useRehearsal(drawing, tab === 'rehearsal');
  const { problems, modeler } = drawing;
  const go = (id: string | undefined): void => {
    if (modeler) setSaid(t(selectElement(modeler, id) ? 'problems.selected' : 'problems.notDrawn', { id }));
  };
  const show = (problem: Found): void => {
    setShown(problem);
    go(problem.elementId);
  };
  return (
    <section
      className={`m-bottom ${folded ? 'm-bottom-folded' : ''} ${tab === 'rehearsal' || tab === 'seen' ? 'm-bottom-tall' : ''}`}
      aria-label={t('problems.title')}
    >
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
          { id: 'seen', title: t('seen.title') },
          { id: 'rehearsal', title: t('rehearsal.title') },
        ]}
      >
        {!folded && (
          <div className="m-bottom-body">
            <PanelBody tab={tab} drawing={drawing} rehearsal={rehearsal} shown={shown} onSelect={go} onShow={show} />
          </div>
        )}
      </Tabs>
    </section>
  );
}
