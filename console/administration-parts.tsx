import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge } from '../ui/components/badge.tsx';
import { Button } from '../ui/components/button.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { inLanguage } from '../ui/i18n.ts';
import type { Role } from '../ui/session.tsx';

/** Which roles somebody has. */
export function RoleBoxes({
  of,
  chosen,
  onChange,
}: {
  readonly of: readonly Role[];
  readonly chosen: readonly Role[];
  readonly onChange: (roles: readonly Role[]) => void;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <fieldset className="c-roles">
      <legend>{t('administration.roles')}</legend>
      {of.map((role) => (
        <label key={role}>
          <input
            type="checkbox"
            checked={chosen.includes(role)}
            onChange={(event) => onChange(event.target.checked ? [...chosen, role] : chosen.filter((one) => one !== role))}
          />{' '}
          {t(`administration.role.${role}`)}
        </label>
      ))}
    </fieldset>
  );
}

export function RoleBadges({ roles }: { readonly roles: readonly Role[] }): ReactNode {
  const { t } = useTranslation();
  if (roles.length === 0) return <span className="soft">{t('administration.noRole')}</span>;
  return roles.map((role) => <Badge key={role}>{t(`administration.role.${role}`)}</Badge>);
}

export function AgencyCell({
  row,
}: {
  readonly row: { readonly agencyName: string | null; readonly agencyNameEn: string | null };
}): ReactNode {
  const { t } = useTranslation();
  if (row.agencyName === null) return <span className="soft">{t('administration.noAgency')}</span>;
  return inLanguage(row.agencyName, row.agencyNameEn);
}

/** What is told this once: it goes when the reader says so, and is nowhere else. */
export function ToldOnce({
  title,
  lines,
  onGone,
}: {
  readonly title: string;
  readonly lines: readonly string[];
  readonly onGone: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  return (
    <Notice kind="good" title={title}>
      <p>{t('administration.once')}</p>
      <pre className="c-secret">{lines.join('\n')}</pre>
      <p className="c-row">
        <Button
          small
          onClick={() =>
            void navigator.clipboard.writeText(lines.join('\n')).then(
              () => setCopied(true),
              () => setCopied(false),
            )
          }
        >
          {t(copied ? 'administration.copied' : 'administration.copy')}
        </Button>
        <Button small onClick={onGone}>
          {t('administration.noted')}
        </Button>
      </p>
    </Notice>
  );
}
