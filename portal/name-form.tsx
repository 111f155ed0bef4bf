import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../ui/client.ts';
import { Button } from '../ui/components/button.tsx';
import { TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';

/** Who came with a code alone is asked once what they are called: it stands on their applications. */
export function NameForm(): ReactNode {
  const { t } = useTranslation('portal');
  const client = useQueryClient();
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name')).trim();
    setBusy(true);
    try {
      await request('/api/v1/account/name', { method: 'PUT', body: { name } });
      await client.invalidateQueries();
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <form className="a-signin card stack" onSubmit={(event) => void submit(event)}>
      <h1>{t('name.title')}</h1>
      <p className="soft">{t('name.why')}</p>
      {fault && <Notice kind="bad">{fault}</Notice>}
      <TextField label={t('name.label')} hint={t('name.hint')} name="name" autoComplete="name" minLength={2} maxLength={200} required />
      <Button kind="primary" type="submit" busy={busy}>
        {t('name.submit')}
      </Button>
    </form>
  );
}
