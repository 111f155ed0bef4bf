import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

/** The list of what is wrong in a form, with a link to each field; takes the focus when it appears or changes. */
export function ErrorSummary({
  title,
  errors,
}: {
  readonly title: string;
  readonly errors: readonly { readonly fieldId: string; readonly text: string }[];
}): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const said = errors.map((error) => error.text).join('|');
  useEffect(() => {
    if (said) box.current?.focus();
  }, [said]);
  if (errors.length === 0) return null;
  return (
    <div className="a-summary" role="alert" tabIndex={-1} ref={box}>
      <h2>{title}</h2>
      <ul>
        {errors.map(({ fieldId, text }) => (
          <li key={fieldId + text}>
            <a
              href={`#${fieldId}`}
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(fieldId)?.focus();
              }}
            >
              {text}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
