import type { ReactNode } from 'react';

/** A message on the page. `bad` and `warn` interrupt a screen reader, the others wait their turn. */
export function Notice({
  kind = 'info',
  title,
  children,
}: {
  readonly kind?: 'info' | 'good' | 'warn' | 'bad';
  readonly title?: string;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <div className={`a-notice a-notice-${kind} stack-small`} role={kind === 'bad' || kind === 'warn' ? 'alert' : 'status'}>
      {title && <strong>{title}</strong>}
      {children && <div>{children}</div>}
    </div>
  );
}
