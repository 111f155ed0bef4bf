import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { longDate } from '../time.ts';
import type { CaseDocument } from './case.ts';

/** "152 KB": sizes as people know them. */
function sizeText(bytes: number | undefined): string {
  if (bytes === undefined) return '';
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** The case's files; each link says what it is, how large, and from when. */
export function Documents({ documents }: { readonly documents: readonly CaseDocument[] }): ReactNode {
  const { t } = useTranslation('case');
  if (documents.length === 0) return <p className="soft">{t('documents.empty')}</p>;
  return (
    <ul className="case-documents">
      {documents.map((document) => (
        <li key={document.documentId}>
          <a href={`/api/v1/documents/${encodeURIComponent(document.documentId)}`} download>
            <span aria-hidden="true">↓ </span>
            {t('documents.download', { name: document.name })}
          </a>
          <span className="soft small">
            {[
              document.contentType === 'application/pdf' ? 'PDF' : '',
              sizeText(document.size),
              document.createdAt ? longDate(document.createdAt) : '',
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </li>
      ))}
    </ul>
  );
}
