import type { ReactNode } from 'react';

/** A state in one or two words; the words carry the meaning, colour and shape only support it. */
export function Badge({
  kind = 'normal',
  children,
}: {
  readonly kind?: 'normal' | 'good' | 'warn' | 'bad' | 'info';
  readonly children: ReactNode;
}): ReactNode {
  return <span className={`a-badge a-badge-${kind}`}>{children}</span>;
}
