/** One open diagram: the modeler, its check, its working copy. Everything that React shows of it is state here; the drawing itself is bpmn-js's. */
import { useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { createModeler } from './bpmn-io/create-modeler.ts';
import type { Modeler } from './bpmn-io/create-modeler.ts';
import type { Canvas, CommandStack, EventBus } from './bpmn-io/types.ts';
import { startChecker } from './checker.ts';
import type { Checker, Problem, Verdict } from './checker.ts';
import { markProblems } from './diagram-marks.ts';
import { loadCatalog } from './properties/catalog.ts';
import { keepWorkingCopy } from './working-copies.ts';
import type { WorkingCopy } from './working-copies.ts';

const settleMs = 400;

export interface Drawing {
  readonly canvas: RefObject<HTMLDivElement | null>;
  readonly panel: RefObject<HTMLDivElement | null>;
  /** undefined while the diagram opens, or when it could not be opened */
  readonly modeler: Modeler | undefined;
  readonly openFault: string | undefined;
  readonly warnings: readonly string[];
  readonly problems: readonly Problem[];
  /** the check itself could not run */
  readonly checkFault: string | undefined;
  readonly checking: boolean;
  readonly changes: number;
  readonly keptAt: number;
  readonly keepFailed: boolean;
  readonly undo: { readonly can: boolean; readonly run: () => void };
  readonly redo: { readonly can: boolean; readonly run: () => void };
  readonly xml: () => Promise<string>;
  /** shows problems that the server found, until the next change */
  readonly showProblems: (problems: readonly Problem[]) => void;
  readonly settled: () => Promise<void>;
}

interface Session {
  readonly modeler: Modeler;
  readonly checker: Checker;
  close: () => void;
}

/** Opens the diagram and reports; returns what closes it. React may mount twice: nothing is shared between two openings. */
function open(
  boxes: { canvas: HTMLElement; panel: HTMLElement },
  xml: string,
  on: {
    change: (step: number) => void;
    verdict: (verdict: Verdict) => void;
    ready: (warnings: readonly string[]) => void;
    fault: (text: string) => void;
  },
): Session {
  const modeler = createModeler(boxes.canvas, boxes.panel);
  const checker = startChecker(on.verdict);
  const state = { closed: false };
  modeler.on('commandStack.changed', (({ trigger }: { trigger?: string }) => {
    if (trigger !== 'clear') on.change(trigger === 'undo' ? -1 : 1);
  }) as (event: never) => void);
  modeler
    .importXML(xml)
    .then(({ warnings }) => {
      if (state.closed) return;
      modeler.get<Canvas>('canvas').zoom('fit-viewport', 'auto');
      on.ready(warnings.map((warning) => warning.message));
    })
    .catch((error: unknown) => {
      if (!state.closed) on.fault(error instanceof Error ? error.message : String(error));
    });
  const close = (): void => {
    state.closed = true;
    checker.stop();
    modeler.destroy();
  };
  return { modeler, checker, close };
}

export function useDrawing(copy: WorkingCopy): Drawing {
  const { i18n } = useTranslation();
  const canvas = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const session = useRef<Session>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const changes = useRef(copy.changes);
  const [view, setView] = useState<Pick<Drawing, 'modeler' | 'openFault' | 'warnings'>>({
    modeler: undefined,
    openFault: undefined,
    warnings: [],
  });
  const [check, setCheck] = useState<Pick<Drawing, 'problems' | 'checkFault' | 'checking'>>({
    problems: [],
    checkFault: undefined,
    checking: true,
  });
  const [kept, setKept] = useState({ changes: copy.changes, keptAt: copy.savedAt, keepFailed: false });

  const keep = async (current: Session): Promise<void> => {
    const { xml } = await current.modeler.saveXML({ format: true });
    if (session.current !== current) return;
    const now = Date.now();
    const name = rootName(current.modeler) ?? copy.name;
    setKept({
      changes: changes.current,
      keptAt: now,
      keepFailed: !keepWorkingCopy({ ...copy, name, xml, savedAt: now, changes: changes.current }),
    });
    current.checker.ask(xml);
  };

  useEffect(() => {
    if (!canvas.current || !panel.current) return undefined;
    void loadCatalog().then(() => session.current?.modeler.get<EventBus>('eventBus').fire('propertiesPanel.providersChanged'));
    const current = open({ canvas: canvas.current, panel: panel.current }, copy.xml, {
      change: (step) => {
        changes.current = Math.max(0, changes.current + step);
        setCheck((before) => ({ ...before, checking: true }));
        setKept((before) => ({ ...before, changes: changes.current }));
        clearTimeout(timer.current);
        timer.current = setTimeout(() => void keep(current).catch(() => setKept((before) => ({ ...before, keepFailed: true }))), settleMs);
      },
      verdict: (verdict) =>
        setCheck(
          'failed' in verdict
            ? { problems: [], checkFault: verdict.failed, checking: false }
            : { problems: verdict.problems, checkFault: undefined, checking: false },
        ),
      ready: (warnings) => setView({ modeler: current.modeler, openFault: undefined, warnings }),
      fault: (text) => setView({ modeler: undefined, openFault: text, warnings: [] }),
    });
    session.current = current;
    current.checker.ask(copy.xml);
    return () => {
      clearTimeout(timer.current);
      session.current = undefined;
      current.close();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a modeler is made once per working copy; its later content lives in bpmn-js
  }, [copy.id]);

  useEffect(() => {
    if (view.modeler) markProblems(view.modeler, check.problems);
  }, [view.modeler, check.problems]);
  useEffect(() => {
    view.modeler?.get<EventBus>('eventBus').fire('i18n.changed');
    view.modeler?.get<EventBus>('eventBus').fire('propertiesPanel.providersChanged');
  }, [view.modeler, i18n.language]);

  const stack = view.modeler?.get<CommandStack>('commandStack');
  return {
    canvas,
    panel,
    ...view,
    ...check,
    ...kept,
    undo: { can: stack?.canUndo() ?? false, run: () => stack?.undo() },
    redo: { can: stack?.canRedo() ?? false, run: () => stack?.redo() },
    xml: async () => (session.current ? (await session.current.modeler.saveXML({ format: true })).xml : copy.xml),
    showProblems: (problems) => setCheck({ problems, checkFault: undefined, checking: false }),
    settled: async () => {
      changes.current = 0;
      if (session.current) await keep(session.current);
    },
  };
}

interface Root {
  readonly businessObject: {
    readonly name?: string;
    readonly participants?: readonly { readonly name?: string; readonly processRef?: { readonly name?: string } }[];
  };
}
/** What a person would call the diagram: the name of its first process. */
function rootName(modeler: Modeler): string | undefined {
  const { businessObject } = modeler.get<{ getRootElement: () => Root }>('canvas').getRootElement();
  const pool = businessObject.participants?.find((participant) => participant.processRef);
  return pool?.processRef?.name ?? pool?.name ?? businessObject.name;
}
