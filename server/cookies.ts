/** The value of one cookie; of several with the same name the first. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** A cookie that scripts cannot read and that other sites' requests do not carry, but for following a link here. `maxAge` in seconds; 0 removes it. */
export function cookie(
  name: string,
  value: string,
  options: { readonly path: string; readonly maxAge: number; readonly secure: boolean },
): string {
  return `${name}=${value}; Path=${options.path}; HttpOnly; SameSite=Lax; Max-Age=${options.maxAge}${options.secure ? '; Secure' : ''}`;
}
