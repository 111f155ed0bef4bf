/**
 * Half-filled forms are kept on the server, so that nothing is lost by a closed page, an empty battery or a change of device.
 * While the server cannot be reached, the answers also rest in this tab's session storage, never longer than needed.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { ProblemError, request } from '../client.ts';
import type { Values } from './schema.ts';

export type DraftState =
  | { readonly kind: 'none' | 'saving' | 'failed' | 'signedOut' }
  /** `at`: ISO 8601 */
  | { readonly kind: 'saved' | 'restored'; readonly at: string };

export interface Draft {
  /** undefined while it is not known yet whether there is a draft */
  readonly values: Values | undefined;
  readonly state: DraftState;
  readonly change: (values: Values) => void;
  /** ends the draft after the form was sent */
  readonly discard: () => Promise<void>;
}

/** Whose draft of what. */
interface Name {
  readonly key: string;
  readonly owner: string;
}

interface Kept {
  readonly values: Values;
  readonly savedAt: string;
}

const waitMs = 700;
const againMs = 5_000;
const address = (key: string): string => `/api/v1/drafts/${encodeURIComponent(key)}`;
const local = (draft: Name): string => `alur-draft-${draft.owner}-${draft.key}`;

/** `key`: `service-<id>` or `task-<key>`; `owner`: the signed-in username, so that nobody meets another person's answers on a shared device; `initial`: what the form begins with when there is no draft. */
export function useDraft(key: string, owner: string, initial: Values | undefined): Draft {
  const [values, setValues] = useState<Values>();
  const [state, setState] = useState<DraftState>({ kind: 'none' });
  const unsaved = useRef<Values>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const ended = useRef(false);

  const save = useCallback(async (): Promise<void> => {
    const sending = unsaved.current;
    clearTimeout(timer.current);
    if (!sending || ended.current) return;
    setState({ kind: 'saving' });
    try {
      const answer = await request<{ savedAt?: string } | undefined>(address(key), { method: 'PUT', body: { values: sending } });
      if (unsaved.current === sending) unsaved.current = undefined;
      if (!unsaved.current) forget({ key, owner });
      setState({ kind: 'saved', at: answer?.savedAt ?? new Date().toISOString() });
    } catch (error) {
      const signedOut = error instanceof ProblemError && error.status === 401;
      setState({ kind: signedOut ? 'signedOut' : 'failed' });
      // A sign-in that was refused is not asked for again every few seconds: the next change asks.
      if (!signedOut && !ended.current) timer.current = setTimeout(() => void save(), againMs);
    }
  }, [key, owner]);

  useEffect(() => {
    if (!initial) return undefined;
    let gone = false;
    ended.current = false;
    void findDraft({ key, owner }).then((found) => {
      if (gone) return;
      setValues(found ? { ...initial, ...found.values } : initial);
      if (found) setState({ kind: 'restored', at: found.savedAt });
    });
    return () => {
      gone = true;
    };
    // `initial` counts when the form opens; later refetches must not overwrite what was typed.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, initial === undefined]);

  useSendOnLeaving(key, unsaved, ended);

  const change = useCallback(
    (next: Values): void => {
      setValues(next);
      unsaved.current = next;
      remember({ key, owner }, next);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void save(), waitMs);
    },
    [key, owner, save],
  );

  const discard = useCallback(async (): Promise<void> => {
    ended.current = true;
    unsaved.current = undefined;
    clearTimeout(timer.current);
    forget({ key, owner });
    await request(address(key), { method: 'DELETE' }).catch(() => undefined); // an old draft left behind harms nobody
  }, [key, owner]);

  return { values, state, change, discard };
}

async function findDraft(draft: Name): Promise<Kept | undefined> {
  const here = recall(draft);
  if (here) return here;
  try {
    return await request<Kept>(address(draft.key));
  } catch {
    return undefined; // none yet, or the server cannot tell: the form opens anyway, and saving will say so
  }
}

function useSendOnLeaving(key: string, unsaved: RefObject<Values | undefined>, ended: RefObject<boolean>): void {
  useEffect(() => {
    const leave = (): void => sendOnLeaving(key, ended.current ? undefined : unsaved.current);
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('pagehide', leave);
      leave();
    };
  }, [key, unsaved, ended]);
}

/** A page that goes away may only start a request, not wait for it. */
function sendOnLeaving(key: string, values: Values | undefined): void {
  if (!values) return;
  void fetch(address(key), {
    method: 'PUT',
    keepalive: true,
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ values }),
  }).catch(() => undefined);
}

function remember(draft: Name, values: Values): void {
  try {
    sessionStorage.setItem(local(draft), JSON.stringify({ values, savedAt: new Date().toISOString() }));
  } catch {
    // storage is full or forbidden: the server's copy is the one that counts
  }
}

function recall(draft: Name): Kept | undefined {
  try {
    const text = sessionStorage.getItem(local(draft));
    return text ? (JSON.parse(text) as Kept) : undefined;
  } catch {
    return undefined;
  }
}

function forget(draft: Name): void {
  try {
    sessionStorage.removeItem(local(draft));
  } catch {
    // as above
  }
}
