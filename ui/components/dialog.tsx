import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';

export interface DialogProps {
  readonly title: string;
  /** asked by Escape; the owner decides by taking the dialog away */
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** buttons, the safe one first */
  readonly actions?: ReactNode;
}

/** A modal dialog while it is rendered. The browser keeps the focus inside and gives it back afterwards. */
export function Dialog({ title, onClose, children, actions }: DialogProps): ReactNode {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = box.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      className="a-dialog"
      ref={box}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="a-dialog-in">
        <h2 id={id}>{title}</h2>
        {children}
        {actions && <div className="a-dialog-actions">{actions}</div>}
      </div>
    </dialog>
  );
}
