/** What a lane of the citizen says as `alur:agency`. No agency may be called so: the citizen is a party of the case, but sees it as its applicant only. */
export const CITIZEN = 'citizen';
