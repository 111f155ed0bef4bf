/** A deployed diagram, read-only, with what happens in it: where tokens are, what is done, where it is stuck. */
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import type NavigatedViewer from 'bpmn-js/lib/NavigatedViewer.js';
import { useTranslation } from 'react-i18next';
import './diagram.css';
import { Button } from './components/button.tsx';
import { Notice } from './components/notice.tsx';
import { Table } from './components/table.tsx';

/** Counts at one element. */
export interface ElementCount {
  readonly active?: number;
  readonly completed?: number;
  readonly incidents?: number;
}
export interface DiagramProps {
  readonly xml: string;
  /** by element id */
  readonly counts: ReadonlyMap<string, ElementCount>;
  readonly selected?: string;
  readonly onSelect?: (elementId: string | undefined) => void;
}

interface Canvas {
  /** without an argument: the present zoom */
  zoom: (to?: number | 'fit-viewport', center?: 'auto') => number;
  scroll: (by: { dx: number; dy: number }) => void;
  addMarker: (element: string, marker: string) => void;
  removeMarker: (element: string, marker: string) => void;
}
interface Shape {
  readonly id: string;
  readonly type: string;
  readonly businessObject: { readonly name?: string };
  readonly labelTarget?: unknown;
}
interface Registry {
  get: (id: string) => Shape | undefined;
  filter: (keep: (element: Shape) => boolean) => Shape[];
}
interface Overlays {
  add: (element: string, kind: string, overlay: { position: object; html: HTMLElement }) => void;
  remove: (filter: { type: string }) => void;
}
type Viewer = NavigatedViewer;

const markers = ['alur-active', 'alur-completed', 'alur-incident', 'alur-selected'];
const isStep = (shape: Shape): boolean => !shape.labelTarget && /Task|Event|Gateway|SubProcess|CallActivity/.test(shape.type);

function badge(kind: string, count: number): HTMLElement {
  const element = document.createElement('span');
  element.className = `alur-token alur-token-${kind}`;
  element.textContent = kind === 'completed' ? `✓ ${count}` : kind === 'incident' ? `! ${count}` : String(count);
  return element;
}

function paint(viewer: Viewer, counts: DiagramProps['counts'], selected: string | undefined): void {
  const canvas = viewer.get<Canvas>('canvas');
  const registry = viewer.get<Registry>('elementRegistry');
  const overlays = viewer.get<Overlays>('overlays');
  overlays.remove({ type: 'alur-count' });
  for (const shape of registry.filter(() => true)) for (const marker of markers) canvas.removeMarker(shape.id, marker);
  for (const [id, count] of counts) {
    if (!registry.get(id)) continue;
    const kinds = [
      ['active', count.active ?? 0, { bottom: 10, left: -8 }],
      ['incident', count.incidents ?? 0, { top: -12, right: 12 }],
      ['completed', count.completed ?? 0, { top: -12, left: -8 }],
    ] as const;
    for (const [kind, number, position] of kinds) {
      if (number === 0) continue;
      canvas.addMarker(id, `alur-${kind}`);
      overlays.add(id, 'alur-count', { position, html: badge(kind, number) });
    }
  }
  if (selected && registry.get(selected)) canvas.addMarker(selected, 'alur-selected');
}

/** Opens the viewer once per XML; everything else is painted on top of it. */
function useViewer(
  xml: string,
  onSelect: DiagramProps['onSelect'],
): { box: React.RefObject<HTMLDivElement | null>; viewer: Viewer | undefined; failed: boolean } {
  const box = useRef<HTMLDivElement>(null);
  const [viewer, setViewer] = useState<Viewer>();
  const [failed, setFailed] = useState(false);
  const select = useRef(onSelect);
  useEffect(() => {
    select.current = onSelect;
  }, [onSelect]);
  useEffect(() => {
    let current: Viewer | undefined;
    let gone = false;
    const open = async (): Promise<void> => {
      const { default: Viewer } = await import('bpmn-js/lib/NavigatedViewer.js');
      if (gone || !box.current) return;
      current = new Viewer({ container: box.current });
      await current.importXML(xml);
      if (gone) return;
      current.get<Canvas>('canvas').zoom('fit-viewport', 'auto');
      current.on('element.click', ({ element }: { element: Shape }) => select.current?.(isStep(element) ? element.id : undefined));
      setFailed(false);
      setViewer(current);
    };
    open().catch(() => {
      if (!gone) setFailed(true);
    });
    return () => {
      gone = true;
      setViewer(undefined);
      current?.destroy();
    };
  }, [xml]);
  return { box, viewer, failed };
}

function StepList({
  viewer,
  counts,
  onSelect,
}: {
  readonly viewer: Viewer;
  readonly counts: DiagramProps['counts'];
  readonly onSelect: DiagramProps['onSelect'];
}): ReactNode {
  const { t } = useTranslation('ui');
  const steps = viewer.get<Registry>('elementRegistry').filter(isStep);
  const words = (id: string): string => {
    const count = counts.get(id) ?? {};
    const parts = [
      count.incidents ? t('diagram.incident', { count: count.incidents }) : '',
      count.active ? t('diagram.active', { count: count.active }) : '',
      count.completed ? t('diagram.completed', { count: count.completed }) : '',
    ];
    return parts.filter(Boolean).join(', ') || t('diagram.none');
  };
  return (
    <Table
      caption={t('diagram.list')}
      rows={steps}
      rowKey={(step) => step.id}
      columns={[
        {
          key: 'step',
          title: t('diagram.step'),
          cell: (step) =>
            onSelect ? (
              <Button kind="plain" small onClick={() => onSelect(step.id)}>
                {step.businessObject.name || step.id}
              </Button>
            ) : (
              step.businessObject.name || step.id
            ),
        },
        { key: 'state', title: t('diagram.state'), cell: (step) => words(step.id) },
      ]}
    />
  );
}

/** The diagram with zoom buttons and keys, and the same content as a table. The bpmn.io mark in its corner must stay uncovered (licence). */
export function Diagram({ xml, counts, selected, onSelect }: DiagramProps): ReactNode {
  const { t } = useTranslation('ui');
  const { box, viewer, failed } = useViewer(xml, onSelect);
  const [asList, setAsList] = useState(false);
  useEffect(() => {
    if (viewer) paint(viewer, counts, selected);
  }, [viewer, counts, selected]);
  const canvas = viewer?.get<Canvas>('canvas');
  const zoomBy = (factor: number): void => {
    if (canvas) canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)), 'auto');
  };
  const keys = (event: KeyboardEvent): void => {
    const step = 60;
    const moves = new Map([['ArrowLeft', [step, 0]], ['ArrowRight', [-step, 0]], ['ArrowUp', [0, step]], ['ArrowDown', [0, -step]]]); // prettier-ignore
    const move = moves.get(event.key);
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    if (move) canvas?.scroll({ dx: move[0] ?? 0, dy: move[1] ?? 0 });
    else if (event.key === '+' || event.key === '=') zoomBy(1.25);
    else if (event.key === '-') zoomBy(0.8);
    else if (event.key === '0') canvas?.zoom('fit-viewport', 'auto');
    else return;
    event.preventDefault();
  };
  return (
    <div className="stack-small">
      <div className="row no-print">
        <Button small onClick={() => setAsList(!asList)} disabled={!viewer}>
          {asList ? t('diagram.asDiagram') : t('diagram.asList')}
        </Button>
        {!asList && (
          <>
            <Button small onClick={() => zoomBy(1.25)}>
              {t('diagram.zoomIn')}
            </Button>
            <Button small onClick={() => zoomBy(0.8)}>
              {t('diagram.zoomOut')}
            </Button>
            <Button small onClick={() => canvas?.zoom('fit-viewport', 'auto')}>
              {t('diagram.fit')}
            </Button>
          </>
        )}
      </div>
      {failed && <Notice kind="bad">{t('diagram.failed')}</Notice>}
      {asList && viewer && <StepList viewer={viewer} counts={counts} onSelect={onSelect} />}
      {/* eslint-disable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions -- the diagram is moved and zoomed by keys */}
      <div
        className="alur-diagram"
        ref={box}
        role="application"
        aria-label={`${t('diagram.label')}. ${t('diagram.keys')}`}
        tabIndex={0}
        hidden={asList || failed}
        onKeyDown={keys}
      />
    </div>
  );
}
