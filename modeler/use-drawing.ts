/** One open diagram: the modeler, its check, its working copy. Everything that React shows of it is state here; the drawing itself is bpmn-js's. */
import { useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { createModeler } from './bpmn-io/create-modeler.ts';
import type { Modeler } from './bpmn-io/create-modeler.ts';
import { loadTemplates } from './bpmn-io/load-templates.ts';
import type { Canvas, CommandStack, ElementRegistry, EventBus } from './bpmn-io/types.ts';
import { startChecker } from './checker.ts';
import type { Checker, Found, Looked, Seen, Verdict } from './checker.ts';
import { markProblems, nameIn } from './diagram-marks.ts';
import { loadCatalog } from './properties/catalog.ts';
import { fetchSurroundings } from './surroundings.ts';
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
  readonly problems: readonly Found[];
  /** how far the flow was looked at; undefined: not at all, because the diagram does not compile */
  readonly looked: Looked | undefined;
  /** who will see what; undefined while the diagram does not compile */
  readonly seen: readonly Seen[] | undefined;
  /** the check itself could not run */
  readonly checkFault: string | undefined;
  readonly checking: boolean;
  readonly changes: number;
  readonly keptAt: number;
  readonly keepFailed: boolean;
  readonly undo: { readonly can: boolean; readonly run: () => void };
  readonly redo: { readonly can: boolean; readonly run: () => void };
  /** what a person would call an element; a flow by its name or its ends; else the id */
  readonly nameOf: (id: string) => string;
  readonly xml: () => Promise<string>;
  /** shows problems that the server found, until the next change */
  readonly showProblems: (problems: readonly Found[]) => void;
  readonly settled: () => Promise<void>;
}

interface Session {
  readonly modeler: Modeler;
  readonly checker: Checker;
  changes: number;
  closed: boolean;
  readonly close: () => void;
}
interface Boxes {
  readonly canvas: HTMLElement;
  readonly panel: HTMLElement;
}
interface Listener {
  readonly change: (step: 1 | -1) => void;
  readonly verdict: (verdict: Verdict) => void;
  readonly ready: (warnings: readonly string[]) => void;
  readonly fault: (text: string) => void;
}

/** Shows the whole diagram to the right of the palette, which lies over the canvas. */
function fitBesidePalette(modeler: Modeler): void {
  const canvas = modeler.get<Canvas>('canvas');
  const palette = 110;
  const { width } = canvas.getSize();
  const zoom = canvas.zoom('fit-viewport', 'auto');
  if (width > 2 * palette) canvas.zoom(zoom * (1 - (palette + 30) / width), 'auto');
  const { x, scale } = canvas.viewbox();
  const left = Math.min(...modeler.get<ElementRegistry>('elementRegistry').filter((shape) => shape.x !== undefined).map((shape) => shape.x ?? 0)); // prettier-ignore
  if (Number.isFinite(left)) canvas.scroll({ dx: palette + 10 - (left - x) * scale, dy: 0 });
}

/** Opens the diagram and reports. React may mount twice: nothing is shared between two openings. */
function open(boxes: Boxes, copy: WorkingCopy, on: Listener): Session {
  const modeler = createModeler(boxes.canvas, boxes.panel);
  const checker = startChecker(on.verdict);
  const close = (): void => {
    session.closed = true;
    checker.stop();
    modeler.destroy();
  };
  const session: Session = { modeler, checker, changes: copy.changes, closed: false, close };
  modeler.on('commandStack.changed', ({ trigger }: { trigger?: string }) => {
    if (trigger !== 'clear') on.change(trigger === 'undo' ? -1 : 1);
  });
  void loadTemplates(modeler, () => !session.closed);
  modeler
    .importXML(copy.xml)
    .then(({ warnings }) => {
      if (session.closed) return;
      fitBesidePalette(modeler);
      on.ready(warnings.map((warning) => warning.message));
    })
    .catch((error: unknown) => {
      if (!session.closed) on.fault(error instanceof Error ? error.message : String(error));
    });
  return session;
}

/** The state that React shows, and what changes it. */
interface Shown {
  readonly view: Pick<Drawing, 'modeler' | 'openFault' | 'warnings'>;
  readonly check: Pick<Drawing, 'problems' | 'looked' | 'seen' | 'checkFault' | 'checking'>;
  readonly kept: Pick<Drawing, 'changes' | 'keptAt' | 'keepFailed'>;
}
type Show = (change: (before: Shown) => Partial<Shown>) => void;

function verdictShown(verdict: Verdict): Shown['check'] {
  if ('failed' in verdict) return { problems: [], looked: undefined, seen: undefined, checkFault: verdict.failed, checking: false };
  return { problems: verdict.found, looked: verdict.looked, seen: verdict.seen, checkFault: undefined, checking: false };
}

/** Keeps the working copy in the browser and has it checked. */
async function keep(session: Session, copy: WorkingCopy, show: Show): Promise<void> {
  const { xml } = await session.modeler.saveXML({ format: true });
  if (session.closed) return;
  const savedAt = Date.now();
  const name = rootName(session.modeler) ?? copy.name;
  const keepFailed = !keepWorkingCopy({ ...copy, name, xml, savedAt, changes: session.changes });
  show(() => ({ kept: { changes: session.changes, keptAt: savedAt, keepFailed } }));
  session.checker.ask(xml);
}

function openCopy(boxes: Boxes, copy: WorkingCopy, show: Show): Session {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const session: Session = open(boxes, copy, {
    change: (step) => {
      session.changes = Math.max(0, session.changes + step);
      show((before) => ({ check: { ...before.check, checking: true }, kept: { ...before.kept, changes: session.changes } }));
      clearTimeout(timer);
      timer = setTimeout(
        () => void keep(session, copy, show).catch(() => show((before) => ({ kept: { ...before.kept, keepFailed: true } }))),
        settleMs,
      );
    },
    verdict: (verdict) => show(() => ({ check: verdictShown(verdict) })),
    ready: (warnings) => show(() => ({ view: { modeler: session.modeler, openFault: undefined, warnings } })),
    fault: (text) => show(() => ({ view: { modeler: undefined, openFault: text, warnings: [] } })),
  });
  session.checker.ask(copy.xml);
  return session;
}

/** The words of the canvas and the panel follow the language of the screen and what the catalogue has meanwhile fetched. */
function repaintWords(modeler: Modeler | undefined): void {
  const eventBus = modeler?.get<EventBus>('eventBus');
  eventBus?.fire('i18n.changed');
  eventBus?.fire('propertiesPanel.providersChanged');
}

export function useDrawing(copy: WorkingCopy): Drawing {
  const { i18n } = useTranslation();
  const canvas = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const session = useRef<Session>(undefined);
  const [shown, setShown] = useState<Shown>({
    view: { modeler: undefined, openFault: undefined, warnings: [] },
    check: { problems: [], looked: undefined, seen: undefined, checkFault: undefined, checking: true },
    kept: { changes: copy.changes, keptAt: copy.savedAt, keepFailed: false },
  });
  const show: Show = (change) => setShown((before) => ({ ...before, ...change(before) }));

  useEffect(() => {
    if (!canvas.current || !panel.current) return undefined;
    const current = openCopy({ canvas: canvas.current, panel: panel.current }, copy, show);
    session.current = current;
    // without it the analysis still says what follows from the drawing alone
    void fetchSurroundings()
      .then((about) => current.closed || current.checker.learn(about))
      .catch(() => undefined);
    void loadCatalog().then(() => !current.closed && repaintWords(current.modeler));
    return () => {
      session.current = undefined;
      current.close();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a modeler is made once per working copy; its later content lives in bpmn-js
  }, [copy.id]);

  const { modeler } = shown.view;
  useEffect(() => {
    if (modeler) markProblems(modeler, shown.check.problems);
  }, [modeler, shown.check.problems]);
  useEffect(() => repaintWords(modeler), [modeler, i18n.language]);

  const stack = modeler?.get<CommandStack>('commandStack');
  return {
    canvas,
    panel,
    ...shown.view,
    ...shown.check,
    ...shown.kept,
    undo: { can: stack?.canUndo() ?? false, run: () => stack?.undo() },
    redo: { can: stack?.canRedo() ?? false, run: () => stack?.redo() },
    nameOf: (id) => (modeler ? nameIn(modeler, id) : id),
    xml: async () => (session.current ? (await session.current.modeler.saveXML({ format: true })).xml : copy.xml),
    showProblems: (problems) => show(() => ({ check: verdictShown({ found: problems }) })),
    settled: async () => {
      if (!session.current) return;
      session.current.changes = 0;
      await keep(session.current, copy, show);
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
