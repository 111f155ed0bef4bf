import type { ReactNode } from 'react';
import { Notice } from '../ui/components/notice.tsx';
import type { Refusal } from './agencies-data.ts';

/** What is wrong, in the server's own sentences: they name the place. */
export function Refused({ refusal }: { readonly refusal: Refusal | undefined }): ReactNode {
  if (refusal === undefined) return null;
  return (
    <Notice kind="bad">
      <p className="c-long">{refusal.message}</p>
      {refusal.details.length > 0 && (
        <ul>
          {refusal.details.map((detail) => (
            <li key={detail} className="c-long">
              {detail}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}
