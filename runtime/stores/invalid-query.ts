/** The caller's error in a search: unknown field, wrong type, limit out of range, broken cursor. The server answers 400 with `message`. */
export class InvalidQuery extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidQuery';
  }
}
