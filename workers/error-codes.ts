/** The header `errors` of an agency call: which of the agency's answers are business errors, and their BPMN codes. */
import { JobFailure } from './job.ts';

export interface ErrorCode {
  readonly status: number;
  /** the agency's own code in its problem document; undefined = any */
  readonly code: string | undefined;
  readonly bpmnCode: string;
}

/** `404=NIK_UNKNOWN, 409:PARCEL_DISPUTED=PARCEL_DISPUTED`. A header that cannot be read is the model's fault: not retried. */
export function parseErrorCodes(header: string | undefined): readonly ErrorCode[] {
  const parts = (header ?? '').split(',').map((part) => part.trim());
  return parts.filter(Boolean).map((part) => {
    const match = /^([245]\d\d)(?::([^=\s]+))?\s*=\s*(\S+)$/.exec(part);
    if (match === null)
      throw new JobFailure(`Expected the header errors to read like 404=CODE or 409:THEIRS=CODE, but it does not`, { retryable: false });
    return { status: Number(match[1]), code: match[2], bpmnCode: match[3]! };
  });
}

/** The exact one (status and code) before the general one (status alone). */
export function findErrorCode(codes: readonly ErrorCode[], status: number, code: string | undefined): ErrorCode | undefined {
  const ofStatus = codes.filter((entry) => entry.status === status);
  return ofStatus.find((entry) => entry.code !== undefined && entry.code === code) ?? ofStatus.find((entry) => entry.code === undefined);
}
