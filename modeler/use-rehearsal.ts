/** The rehearsal of one drawing: which test cases, running them, and what of the answer is shown on the canvas. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../ui/client.ts';
import type { Modeler } from './bpmn-io/create-modeler.ts';
import type { Canvas, ElementRegistry } from './bpmn-io/types.ts';
import { markOnly } from './diagram-marks.ts';
import { readTestCases, rehearse, storedTestCases } from './rehearsal.ts';
import type { CaseReport, Report, TestCase } from './rehearsal.ts';
import type { Drawing } from './use-drawing.ts';

const stepMs = 220;

export interface Rehearsing {
  readonly processId: string;
  readonly stored: readonly TestCase[];
  /** names of stored test cases that are left out */
  readonly leftOut: ReadonlySet<string>;
  readonly toggle: (name: string) => void;
  readonly pasted: string;
  readonly paste: (text: string) => void;
  readonly run: () => Promise<void>;
  readonly busy: boolean;
  readonly fault: string | undefined;
  readonly report: Report | undefined;
  /** the diagram was changed since the report */
  readonly stale: boolean;
  readonly shown: CaseReport | undefined;
  readonly show: (one: CaseReport | undefined) => void;
}

interface Root {
  readonly id: string;
  readonly businessObject: { readonly participants?: readonly { readonly processRef?: { readonly id: string } }[] };
}

/** Id of the diagram's first process. */
function processIdOf(modeler: Modeler): string {
  const root = modeler.get<Canvas>('canvas').getRootElement() as unknown as Root;
  return root.businessObject.participants?.find(({ processRef }) => processRef)?.processRef?.id ?? root.id;
}

/** Draws the path step after step; at once for those who want no movement. Answers how to stop. */
function play(modeler: Modeler, path: readonly string[]): () => void {
  markOnly(modeler, 'alur-way', []);
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
    markOnly(modeler, 'alur-way', path);
    return () => undefined;
  }
  const canvas = modeler.get<Canvas>('canvas');
  const registry = modeler.get<ElementRegistry>('elementRegistry');
  let at = 0;
  const timer = setInterval(() => {
    const id = path[at++];
    markOnly(modeler, 'alur-step', id === undefined ? [] : [id]);
    if (id === undefined) clearInterval(timer);
    else if (registry.get(id)) canvas.addMarker(id, 'alur-way');
  }, stepMs);
  return () => clearInterval(timer);
}

/** Coverage while no single case is looked at, else the path of that case. */
function usePainting(modeler: Modeler | undefined, report: Report | undefined, shown: CaseReport | undefined): void {
  useEffect(() => {
    if (!modeler || !report) return undefined;
    const { elements, flows } = report.coverage;
    markOnly(modeler, 'alur-covered', shown ? [] : [...elements.covered, ...flows.covered]);
    markOnly(modeler, 'alur-missed', shown ? [] : [...elements.missed, ...flows.missed]);
    const stop = shown ? play(modeler, shown.path) : undefined;
    return () => {
      stop?.();
      for (const marker of ['alur-covered', 'alur-missed', 'alur-way', 'alur-step']) markOnly(modeler, marker, []);
    };
  }, [modeler, report, shown]);
}

function useStored(processId: string): readonly TestCase[] {
  const [stored, setStored] = useState<readonly TestCase[]>([]);
  useEffect(() => {
    let gone = false;
    if (processId)
      void storedTestCases(processId)
        .then((found) => gone || setStored(found))
        .catch(() => undefined); // none are offered; the person can still paste some
    return () => {
      gone = true;
    };
  }, [processId]);
  return stored;
}

function wordsOf(error: unknown): string {
  if (!(error instanceof ProblemError)) return error instanceof Error ? error.message : String(error);
  return [error.message, error.problem.detail].filter(Boolean).join(' ');
}

/** `active`: its tab is open; only then it paints. */
export function useRehearsal(drawing: Drawing, active: boolean): Rehearsing {
  const { t } = useTranslation();
  const { modeler } = drawing;
  const processId = modeler ? processIdOf(modeler) : '';
  const stored = useStored(processId);
  const [leftOut, setLeftOut] = useState<ReadonlySet<string>>(new Set());
  const [pasted, setPasted] = useState('');
  const [state, setState] = useState<{ busy: boolean; fault?: string; report?: Report; at: number; shown?: CaseReport }>({
    busy: false,
    at: 0,
  });
  usePainting(active ? modeler : undefined, state.report, state.shown);

  const run = async (): Promise<void> => {
    const own = pasted.trim() === '' ? [] : readTestCases(pasted);
    if (!own) return setState({ busy: false, at: 0, fault: t('rehearsal.unreadable') });
    const testCases = [...stored.filter(({ name }) => !leftOut.has(name)), ...own];
    if (testCases.length === 0) return setState({ busy: false, at: 0, fault: t('rehearsal.nothingChosen') });
    setState({ busy: true, at: drawing.changes });
    try {
      const report = await rehearse(await drawing.xml(), testCases);
      setState({ busy: false, at: drawing.changes, report });
    } catch (error) {
      setState({ busy: false, at: 0, fault: wordsOf(error) });
    }
  };
  return {
    processId,
    stored,
    leftOut,
    toggle: (name) =>
      setLeftOut((before) => (before.has(name) ? new Set([...before].filter((one) => one !== name)) : new Set([...before, name]))),
    pasted,
    paste: setPasted,
    run,
    busy: state.busy,
    fault: state.fault,
    report: state.report,
    stale: state.report !== undefined && state.at !== drawing.changes,
    shown: state.shown,
    show: (shown) => setState(({ shown: _before, ...rest }) => (shown === undefined ? rest : { ...rest, shown: { ...shown } })), // a copy: playing again is a change
  };
}
