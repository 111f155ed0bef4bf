/** One's own account: the ways into it, a password that nobody else knows, and out everywhere. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../client.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { TextField } from '../components/field.tsx';
import { Notice } from '../components/notice.tsx';
import { inLanguage } from '../i18n.ts';

interface Account {
  readonly username: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly hasPassword: boolean;
  readonly managedBy: string | null;
  readonly sessions: number;
  readonly providers: readonly { readonly id: string; readonly name: string; readonly nameEn: string; readonly linked: boolean }[];
}

export function AccountDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation('ui');
  const { data, error } = useQuery({ queryKey: ['account'], queryFn: () => request<Account>('/api/v1/account'), staleTime: 0 });
  return (
    <Dialog title={t('account.title')} onClose={onClose} actions={<Button onClick={onClose}>{t('close')}</Button>}>
      {error && <Notice kind="bad">{error.message}</Notice>}
      {data && (
        <div className="stack">
          <p className="soft">{[data.username, data.email, data.phone].filter(Boolean).join(' · ')}</p>
          {data.providers.length > 0 && <Providers account={data} />}
          {data.hasPassword && <Password />}
          <Everywhere sessions={data.sessions} />
        </div>
      )}
    </Dialog>
  );
}

function Providers({ account }: { readonly account: Account }): ReactNode {
  const { t } = useTranslation('ui');
  const { busy, fault, run } = useWork();
  const link = async (id: string): Promise<void> => {
    const body = { returnTo: `${window.location.pathname}${window.location.search}` };
    window.location.assign((await request<{ location: string }>(`/api/v1/account/identities/${id}`, { method: 'POST', body })).location);
  };
  return (
    <section className="stack-small" aria-label={t('account.providers')}>
      <h3>{t('account.providers')}</h3>
      {fault && <Notice kind="bad">{fault}</Notice>}
      <ul className="a-signin-ways">
        {account.providers.map(({ id, name, nameEn, linked }) => (
          <li key={id}>
            <span>{inLanguage(name, nameEn)}</span>
            <Button
              small
              busy={busy}
              onClick={() => void run(() => (linked ? request(`/api/v1/account/identities/${id}`, { method: 'DELETE' }) : link(id)))}
            >
              {t(linked ? 'account.unlink' : 'account.link')}
              <span className="visually-hidden"> {inLanguage(name, nameEn)}</span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Password(): ReactNode {
  const { t } = useTranslation('ui');
  const { busy, fault, done, run } = useWork();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    const body = { current: String(values.get('current')), next: String(values.get('next')) };
    void run(async () => {
      await request('/api/v1/account/password', { method: 'POST', body, anonymous: true });
      form.reset();
    });
  };
  return (
    <form className="stack-small" onSubmit={submit} aria-label={t('account.password')}>
      <h3>{t('account.password')}</h3>
      {fault && <Notice kind="bad">{fault}</Notice>}
      {done && <Notice kind="good">{t('account.changed')}</Notice>}
      <TextField label={t('account.current')} name="current" type="password" autoComplete="current-password" required />
      <TextField
        label={t('account.next')}
        hint={t('account.nextHint')}
        name="next"
        type="password"
        autoComplete="new-password"
        minLength={8}
        required
      />
      <div>
        <Button type="submit" busy={busy}>
          {t('account.change')}
        </Button>
      </div>
    </form>
  );
}

function Everywhere({ sessions }: { readonly sessions: number }): ReactNode {
  const { t } = useTranslation('ui');
  const { busy, fault, run } = useWork();
  const out = async (): Promise<void> => {
    await request('/api/v1/sessions', { method: 'DELETE' });
    window.location.assign('/');
  };
  return (
    <section className="stack-small" aria-label={t('account.sessions')}>
      <h3>{t('account.sessions')}</h3>
      <p>{t('account.sessionsText', { count: sessions })}</p>
      {fault && <Notice kind="bad">{fault}</Notice>}
      <div>
        <Button kind="danger" busy={busy} onClick={() => void run(out)}>
          {t('account.everywhere')}
        </Button>
      </div>
    </section>
  );
}

function useWork(): {
  readonly busy: boolean;
  readonly fault?: string;
  readonly done: boolean;
  readonly run: (work: () => Promise<unknown>) => Promise<void>;
} {
  const client = useQueryClient();
  const [state, setState] = useState<{ readonly busy: boolean; readonly fault?: string; readonly done: boolean }>({
    busy: false,
    done: false,
  });
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    setState({ busy: true, done: false });
    try {
      await work();
      setState({ busy: false, done: true });
    } catch (error) {
      setState({ busy: false, done: false, fault: error instanceof Error ? error.message : String(error) });
    }
    await client.invalidateQueries({ queryKey: ['account'] });
  };
  return { ...state, run };
}
