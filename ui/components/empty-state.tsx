import type { ReactNode } from 'react';

/** What a list shows when there is nothing in it: what that means, and what can be done next (`children`: buttons or links). */
export function EmptyState({
  title,
  text,
  children,
}: {
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <div className="a-empty">
      <h3>{title}</h3>
      {text && <p>{text}</p>}
      {children && <div className="row">{children}</div>}
    </div>
  );
}
