/**
 * Text of people inside of an author's Markdown. Its marks are told in characters that no text uses (a private area of Unicode) until they are shown,
 * so that a value never becomes a link, a heading or a list.
 */
const MARKS = /[*`[\]()#.+-]/g;
const PRIVATE = 0xe000;

export function asWritten(text: string): string {
  return text.replace(MARKS, (mark) => String.fromCharCode(PRIVATE + mark.charCodeAt(0)));
}

/** For the last step before the screen. */
export function shown(text: string): string {
  return text.replace(/[\ue000-\ue07f]/g, (mark) => String.fromCharCode(mark.charCodeAt(0) - PRIVATE));
}
