import { useQuery } from '@tanstack/react-query';
import type { SubmitEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { ProblemError, request } from '../ui/client.ts';
import { Button } from '../ui/components/button.tsx';
import { TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { longDate } from '../ui/time.ts';
import { Frame } from './frame.tsx';

interface Verification {
  readonly valid: boolean;
  readonly number?: string;
  readonly service?: string;
  readonly holder?: string;
  readonly issuedAt?: string;
  readonly sha256?: string;
}

/** Anybody who holds a permit in their hands can see here whether the city issued it. */
export function VerifyPage(): ReactNode {
  const { t } = useTranslation('portal');
  const { code } = useParams();
  const navigate = useNavigate();
  const look = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get('code')).trim();
    if (typed) void navigate(`/verify/${encodeURIComponent(typed)}`);
  };
  return (
    <Frame title={t('verify.title')}>
      <div className="stack-large portal-narrow">
        <h1>{t('verify.title')}</h1>
        {code && <Verdict code={code} />}
        <form className="stack" onSubmit={look}>
          <TextField
            key={code}
            name="code"
            label={t('verify.code')}
            hint={t('verify.hint')}
            defaultValue={code ?? ''}
            autoComplete="off"
            spellCheck={false}
          />
          <Button type="submit" className="portal-start">
            {t('verify.look')}
          </Button>
        </form>
      </div>
    </Frame>
  );
}

function Verdict({ code }: { readonly code: string }): ReactNode {
  const { t } = useTranslation(['portal', 'ui']);
  const query = useQuery<Verification>({
    queryKey: ['verification', code],
    queryFn: () => request(`/api/v1/verifications/${encodeURIComponent(code)}`, { anonymous: true }),
  });
  const unknown = query.error instanceof ProblemError && query.error.status < 500 && query.error.status >= 400;
  if (unknown || query.data?.valid === false) {
    return (
      <Notice kind="bad" title={t('verify.invalid')}>
        <p>{t('verify.invalidText')}</p>
      </Notice>
    );
  }
  if (query.error) return <Notice kind="warn">{query.error.message}</Notice>;
  if (!query.data) return <p className="soft">{t('ui:loading')}</p>;
  const { number, service, holder, issuedAt, sha256 } = query.data;
  const rows = [['number', number], ['service', service], ['holder', holder], ['issuedAt', issuedAt && longDate(issuedAt)], ['sha256', sha256]] as const; // prettier-ignore
  return (
    <div className="stack">
      <Notice kind="good" title={t('verify.valid')}>
        <p>{t('verify.validText')}</p>
      </Notice>
      <dl className="form-answers card">
        {rows
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{t(`verify.${name}`)}</dt>
              <dd className={name === 'sha256' ? 'mono' : undefined}>{value}</dd>
            </div>
          ))}
      </dl>
    </div>
  );
}
