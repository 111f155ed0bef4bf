import { z } from 'zod';
import { Problem } from './problem.ts';
import type { Asked } from './route.ts';
import { hashPassword } from './sign-ins.ts';

export const newPassword = z.string().min(8).max(256);

/** Gives an account a password that its owner chose. Checked pairs of the one before are forgotten. */
export async function setPassword(
  { context }: Asked,
  username: string,
  { next, current }: { readonly next: string; readonly current: string },
): Promise<void> {
  if (next === current || next.toLowerCase() === username.toLowerCase())
    throw new Problem('INVALID_ARGUMENT', 'Expected a new password that is neither the old one nor the user name, but it is');
  const fields = { passwordHash: await hashPassword(next), passwordTemporary: false };
  await context.runtime.store.write([{ op: 'patch', collection: 'users', key: username, fields }]);
  context.signIns.forget(username);
}
