/** Which places hold a token: their indexes, ascending, each at most once. Never changed in place. */
export type Marking = readonly number[];

export function markingKey(marking: Marking): string {
  return marking.join(' ');
}

export function marked(marking: Marking, place: number): boolean {
  let [low, high] = [0, marking.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = marking[middle]!;
    if (found === place) return true;
    if (found < place) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

export function put(marking: Marking, place: number): Marking {
  const at = marking.findIndex((other) => other > place);
  return at === -1 ? [...marking, place] : [...marking.slice(0, at), place, ...marking.slice(at)];
}

export function take(marking: Marking, place: number): Marking {
  return marking.filter((other) => other !== place);
}
