/** Where somebody was in the list, so that coming back from a task restores tab, search and page, and the row they left. */
const place = 'alur-inbox-list';

interface ListPlace {
  readonly search: string;
  readonly taskKey?: string;
}

export function keepListPlace(at: ListPlace): void {
  try {
    sessionStorage.setItem(place, JSON.stringify(at));
  } catch {
    // storage is forbidden: coming back starts at the top
  }
}

export function listPlace(): ListPlace {
  try {
    const kept = JSON.parse(sessionStorage.getItem(place) ?? 'null') as ListPlace | null;
    return kept ?? { search: '' };
  } catch {
    return { search: '' };
  }
}
