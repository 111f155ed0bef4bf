import { useEffect, useId } from 'react';

/** The id of a field that the keyboard is to be in once it appears, because what had the focus before is gone. */
export function useFocus(when = true): string {
  const id = useId();
  useEffect(() => {
    if (when) document.getElementById(id)?.focus();
  }, [id, when]);
  return id;
}
