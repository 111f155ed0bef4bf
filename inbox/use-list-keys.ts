import { useEffect, useState } from 'react';

const keptUnder = 'alur-inbox-keys';

function kept(): boolean {
  try {
    return localStorage.getItem(keptUnder) !== 'off';
  } catch {
    return true;
  }
}

/** Single letters move in the list: j down, k up, / to the search. They can be switched off (WCAG 2.1.4) and never act while somebody types. */
export function useListKeys(): { readonly on: boolean; readonly flip: () => void } {
  const [on, setOn] = useState(kept);
  useEffect(() => {
    if (!on) return undefined;
    const press = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, textarea, select, dialog, [contenteditable]')) return;
      if (event.key === '/') document.getElementById('inbox-search')?.focus();
      else if (event.key === 'j') moveBy(1);
      else if (event.key === 'k') moveBy(-1);
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [on]);
  const flip = (): void => {
    setOn(!on);
    try {
      localStorage.setItem(keptUnder, on ? 'off' : 'on');
    } catch {
      // storage is forbidden: the choice lasts until the page is closed
    }
  };
  return { on, flip };
}

function moveBy(step: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-task-link]')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
  rows[next]?.focus();
}
