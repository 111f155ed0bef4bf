import type { ButtonHTMLAttributes, ReactNode } from 'react';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary`: the one thing to do here; `danger`: cannot be undone; `plain`: looks like a link */
  readonly kind?: 'primary' | 'danger' | 'plain' | 'normal';
  readonly small?: boolean;
  /** while true the button stays focusable but does nothing, and says so to screen readers */
  readonly busy?: boolean;
  readonly children: ReactNode;
}

/** A button with words on it. A disabled one stays reachable by keyboard (aria-disabled), so that its reason can be read. */
export function Button({ kind = 'normal', small, busy, disabled, onClick, className, children, ...rest }: ButtonProps): ReactNode {
  const off = Boolean(disabled ?? false) || Boolean(busy);
  const names = ['a-button', kind === 'normal' ? '' : `a-button-${kind}`, small ? 'a-button-small' : '', className ?? ''];
  return (
    <button
      type="button"
      {...rest}
      className={names.filter(Boolean).join(' ')}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => (off ? event.preventDefault() : onClick?.(event))}
    >
      {children}
    </button>
  );
}
