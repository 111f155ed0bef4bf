/** Diagrams that somebody is drawing, kept in this browser until they are published or thrown away. */
export interface WorkingCopy {
  readonly id: string;
  readonly name: string;
  readonly xml: string;
  /** milliseconds since 1970 UTC */
  readonly savedAt: number;
  /** changes since it was opened, published or saved as a file */
  readonly changes: number;
}

const prefix = 'alur-draft-';

function read(key: string): WorkingCopy | undefined {
  try {
    const copy = JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<WorkingCopy> | null;
    return copy?.id && typeof copy.xml === 'string' ? (copy as WorkingCopy) : undefined;
  } catch {
    return undefined; // damaged or forbidden: as if it were not there
  }
}

/** Latest first. */
export function workingCopies(): readonly WorkingCopy[] {
  const keys = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? '');
  const copies = keys.filter((key) => key.startsWith(prefix)).map(read);
  return copies.filter((copy) => copy !== undefined).sort((a, b) => b.savedAt - a.savedAt);
}

export function workingCopy(id: string): WorkingCopy | undefined {
  return read(prefix + id);
}

/** True when it is kept; false when the browser's storage is full or forbidden, and the person must be told. */
export function keepWorkingCopy(copy: WorkingCopy): boolean {
  try {
    localStorage.setItem(prefix + copy.id, JSON.stringify(copy));
    return true;
  } catch {
    return false;
  }
}

export function dropWorkingCopy(id: string): void {
  localStorage.removeItem(prefix + id);
}

/** A new copy with its own id, kept at once. */
export function newWorkingCopy(name: string, xml: string): WorkingCopy {
  const copy = { id: crypto.randomUUID().slice(0, 8), name, xml, savedAt: Date.now(), changes: 0 };
  keepWorkingCopy(copy);
  return copy;
}
