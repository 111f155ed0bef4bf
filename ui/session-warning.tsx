/** Says in time that the session will end, and lets the reader stay: nobody loses an answer to a clock. */
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { lastUse } from './client.ts';
import { Button } from './components/button.tsx';
import { Notice } from './components/notice.tsx';
import { useSessionAnswer } from './session.tsx';

const MINUTE = 60_000;
/** milliseconds between two looks at the clock */
const LOOK = 15_000;

type Deadlines = NonNullable<NonNullable<ReturnType<typeof useSessionAnswer>['answer']>['session']>;

/** Milliseconds that are left at `now`; `at`: when the server told the deadlines. A use since then moves the idle end, not the absolute one. */
export function timeLeft(told: Deadlines, at: number, use: number, now: number): { readonly left: number; readonly canStay: boolean } {
  const [serverNow, idleAt, endsAt] = [told.now, told.idleAt, told.endsAt].map((time) => Date.parse(time)) as [number, number, number];
  const idle = idleAt - serverNow - (now - Math.max(at, use));
  const end = endsAt - serverNow - (now - at);
  return { left: Math.min(idle, end), canStay: idle < end };
}

export function SessionWarning(): ReactNode {
  const { t } = useTranslation('ui');
  const { answer, at, renew } = useSessionAnswer();
  const [now, setNow] = useState(() => Date.now());
  const told = answer?.user ? answer.session : undefined;
  useEffect(() => {
    if (!told) return undefined;
    const timer = setInterval(() => setNow(Date.now()), LOOK);
    return () => clearInterval(timer);
  }, [told]);
  if (!told) return null;
  const { left, canStay } = timeLeft(told, at, lastUse(), now);
  if (left > Date.parse(told.idleAt) - Date.parse(told.warnAt) || left <= 0) return null;
  return (
    <Notice kind="warn" title={t('session.ends', { minutes: Math.max(1, Math.ceil(left / MINUTE)) })}>
      <p>{t(canStay ? 'session.stayWhy' : 'session.endWhy')}</p>
      {canStay && (
        <Button small onClick={() => void renew().then(() => setNow(Date.now()))}>
          {t('session.stay')}
        </Button>
      )}
    </Notice>
  );
}
