/** A Map that forgets what was used longest ago when its entries weigh more than `capacity` together. */
export interface RecentlyUsed<T> {
  get(key: string): T | undefined;
  set(key: string, value: T, weight: number): void;
  delete(key: string): void;
}

export function recentlyUsed<T>(capacity: number): RecentlyUsed<T> {
  const entries = new Map<string, { readonly value: T; readonly weight: number }>();
  let total = 0;
  function remove(key: string): void {
    total -= entries.get(key)?.weight ?? 0;
    entries.delete(key);
  }
  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      // a Map keeps the order of insertion: in again = used last
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set: (key, value, weight) => {
      remove(key);
      entries.set(key, { value, weight });
      total += weight;
      for (const oldest of entries.keys()) {
        if (total <= capacity || oldest === key) break;
        remove(oldest);
      }
    },
    delete: remove,
  };
}
