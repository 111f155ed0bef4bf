/** Signing in with a code that is sent: where to, then the code. No puzzle; paste and the telephone's own filling-in work. */
import { useEffect, useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError, request } from '../client.ts';
import { Button } from '../components/button.tsx';
import { TextField } from '../components/field.tsx';
import { Notice } from '../components/notice.tsx';
import { language } from '../i18n.ts';
import type { User } from '../session.tsx';
import { useFocus } from './use-focus.ts';
import { useWays } from './ways.ts';

interface Sent {
  /** masked */
  readonly to: string;
  /** ISO 8601 */
  readonly resendAt: string;
  readonly caught: boolean;
}

export function CodeForm({ onDone }: { readonly onDone: (user: User) => void }): ReactNode {
  const [to, setTo] = useState('');
  const [sent, setSent] = useState<Sent & { readonly at: number }>();
  if (sent === undefined) return <WhereTo {...{ to, setTo }} onSent={(answer) => setSent({ ...answer, at: Date.now() })} />;
  return (
    <TheCode
      key={sent.at}
      {...{ to, sent, onDone }}
      onSent={(answer) => setSent({ ...answer, at: Date.now() })}
      onOther={() => setSent(undefined)}
    />
  );
}

const sendTo = (to: string): Promise<Sent> =>
  request<Sent>('/api/v1/sign-in/codes', { method: 'POST', body: { to, language: language() }, anonymous: true });

interface WhereToProps {
  readonly to: string;
  readonly setTo: (to: string) => void;
  readonly onSent: (sent: Sent) => void;
}

function WhereTo({ to, setTo, onSent }: WhereToProps): ReactNode {
  const { t } = useTranslation('ui');
  const { codes } = useWays();
  const { busy, fault, run } = useTrying();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void run(async () => onSent(await sendTo(to)));
  };
  return (
    <form className="stack" onSubmit={submit} aria-label={t('signIn.code.title')}>
      {fault && <Notice kind="bad">{fault.status === 400 ? t('signIn.code.noAddress') : fault.message}</Notice>}
      <TextField
        label={t(`signIn.code.to.${codes.join('-')}`)}
        hint={t('signIn.code.hint')}
        name="to"
        autoComplete="email"
        autoCapitalize="none"
        inputMode={codes.includes('email') ? 'email' : 'tel'}
        value={to}
        onChange={(event) => setTo(event.target.value)}
        required
      />
      <Button kind="primary" type="submit" busy={busy}>
        {t('signIn.code.send')}
      </Button>
    </form>
  );
}

interface TheCodeProps {
  readonly to: string;
  readonly sent: Sent;
  readonly onDone: (user: User) => void;
  readonly onSent: (sent: Sent) => void;
  readonly onOther: () => void;
}

function TheCode({ to, sent, onDone, onSent, onOther }: TheCodeProps): ReactNode {
  const { t } = useTranslation('ui');
  const [code, setCode] = useState('');
  const field = useFocus();
  const { busy, fault, run } = useTrying();
  const wait = useSecondsUntil(sent.resendAt);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void run(async () =>
      onDone((await request<{ user: User }>('/api/v1/sign-in/code', { method: 'POST', body: { code }, anonymous: true })).user),
    );
  };
  return (
    <form className="stack" onSubmit={submit} aria-label={t('signIn.code.title')}>
      <p role="status">{t('signIn.code.sent', { to: sent.to })}</p>
      {sent.caught && <Caught onTake={setCode} />}
      {fault && (
        <Notice kind="bad">
          {fault.code === 'CODE_WRONG' ? t('signIn.code.wrong', { count: fault.problem.left ?? 0 }) : fault.message}
        </Notice>
      )}
      <TextField
        id={field}
        label={t('signIn.code.code')}
        name="code"
        autoComplete="one-time-code"
        inputMode="numeric"
        value={code}
        onChange={(event) => setCode(event.target.value)}
        required
      />
      <Button kind="primary" type="submit" busy={busy}>
        {t('signIn.code.go')}
      </Button>
      <p className="a-signin-more">
        <Button kind="plain" disabled={wait > 0 || busy} onClick={() => void run(async () => onSent(await sendTo(to)))}>
          {wait > 0 ? t('signIn.code.resendIn', { count: wait }) : t('signIn.code.resend')}
        </Button>
        <Button kind="plain" onClick={onOther}>
          {t('signIn.code.other')}
        </Button>
      </p>
    </form>
  );
}

/** Where no message leaves the house, its text is shown to whoever tries it out. */
function Caught({ onTake }: { readonly onTake: (code: string) => void }): ReactNode {
  const { t } = useTranslation('ui');
  const [message, setMessage] = useState<{ readonly code: string }>();
  useEffect(() => {
    void request<{ code: string }>('/api/v1/sign-in/codes/caught', { anonymous: true }).then(setMessage, () => undefined);
  }, []);
  if (message === undefined) return null;
  return (
    <Notice kind="info" title={t('signIn.code.caught')}>
      <p>
        {t('signIn.code.caughtText')} <strong className="mono">{message.code}</strong>
      </p>
      <Button small onClick={() => onTake(message.code)}>
        {t('signIn.code.take')}
      </Button>
    </Notice>
  );
}

function useTrying(): {
  readonly busy: boolean;
  readonly fault: ProblemError | undefined;
  readonly run: (work: () => Promise<unknown>) => Promise<void>;
} {
  const { t } = useTranslation('ui');
  const [state, setState] = useState<{ readonly busy: boolean; readonly fault?: ProblemError }>({ busy: false });
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    setState({ busy: true });
    try {
      await work();
      setState({ busy: false });
    } catch (error) {
      setState({ busy: false, fault: error instanceof ProblemError ? error : new ProblemError(0, { detail: t('problem.other') }) });
    }
  };
  return { busy: state.busy, fault: state.fault, run };
}

function useSecondsUntil(time: string): number {
  const left = (): number => Math.max(0, Math.ceil((Date.parse(time) - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(left()), 1000);
    return () => clearInterval(timer);
    // a new code is a new form (its key), so `time` never changes under this one
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return seconds;
}
