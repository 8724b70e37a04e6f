export const REPORTS_PATH = '/ingest/v1/reports'
export const ENROL_PATH = '/ingest/v1/enrol'

/** The id of a host, at enrolment and in reports. */
export const HOST_ID = /^[A-Za-z0-9._:-]{8,128}$/
export const HOST_ID_EXPECTED = 'expected 8 to 128 characters of A-Z a-z 0-9 . _ : -'

/** What a body over the bound is told. */
export const describeTooLarge = (bytes: number): string =>
  `The body is larger than ${bytes} bytes; send less at a time.`

/** The type of the problem 409 that answers a delta if the server does not hold its base. Send the whole report. */
export const SEND_ALL = 'urn:slashzero:problem:send-all'
