/** no person's name is in it: it stands in cases and in the audit */
export const CITIZEN_PREFIX = 'warga.';
