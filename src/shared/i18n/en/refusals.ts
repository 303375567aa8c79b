/** Why something is refused: sentences of errors, for people. The program's own language, which logs and REST speak. */

const FIELDS =
  'expected five fields (minute hour day month weekday) or six (second first), such as "30 2 * * MON-FRI"';
const FORMS = 'a list (1,2), a range (1-5), a step (*/5, 0-30/10) or *';

export const refusals = {
  unknownField: 'This field is not known.',
  invalidInput: 'The input is not valid.',
  badId:
    'An id has lower-case letters, digits and dashes, 1 to 63 characters, and starts with a letter or digit.',
  nameNeeded: 'A name is needed.',
  jsonNeeded: 'A JSON value is needed.',
  jsonObjectNeeded: 'A JSON object is needed.',
  urlNeeded: 'The address of the API is needed.',
  pathNeeded: 'A JSONPath is needed, such as $.items[*].',
  valueNeeded: 'A value is needed.',
  nothingToImport: 'There is nothing to import.',
  jobsNeeded: 'Name at least one job.',
  backupNeeded: 'The name of a backup is needed.',
  dateTimeExpected: 'Expected a date and time such as 2030-01-31T08:00:00Z or 2030-01-31T08:00.',
  periodTooShort: 'The shortest period is 100 ms.',
  periodTooLong: 'The longest period or delay is a hundred years.',
  delayNegative: 'A delay is 0 ms or more.',
  zoneExpected: 'Expected the name of a time zone such as America/Sao_Paulo.',
  timeExpected: 'Expected a time such as 22:00.',
  dateExpected: 'Expected a date such as 2030-12-25.',
  badSinkName: 'A sink is named by lower-case letters, digits and dashes, 1 to 63 characters.',
  badSinkUrl: 'An http or https address without a user and password is needed.',
  sameSinkName: 'Two sinks have the same name.',
  cronTooLong: 'The cron expression has {{length}} characters; at most {{most}} are allowed.',
  cronEmpty: `The cron expression is empty; ${FIELDS}.`,
  cronCharacter:
    'The cron expression has the character "{{character}}" at position {{position}}; only plain digits, letters and signs are understood.',
  cronAlias: `"{{expression}}" uses a name with @, which is not understood; ${FIELDS}.`,
  cronNickname: 'Write "{{fields}}" for "{{expression}}": names with @ are not understood.',
  cronReboot:
    '"{{expression}}" names no time: jobs run by the clock, and what was missed while the program was off is caught up with at its start.',
  cronEvery: '"{{expression}}" is no cron expression; an interval is a fixed rate.',
  cronOneField: `"{{expression}}" has 1 field; ${FIELDS}.`,
  cronFields: `"{{expression}}" has {{count}} fields; ${FIELDS}.`,
  cronSecond: `"{{text}}" is not a second; expected 0 to 59, ${FORMS}.`,
  cronMinute: `"{{text}}" is not a minute; expected 0 to 59, ${FORMS}.`,
  cronHour: `"{{text}}" is not an hour; expected 0 to 23, ${FORMS}.`,
  cronDay: `"{{text}}" is not a day of month; expected 1 to 31, L (the last day), LW or a day with W (the nearest weekday), ${FORMS}.`,
  cronMonth: `"{{text}}" is not a month; expected 1 to 12 or JAN to DEC, ${FORMS}.`,
  cronWeekday: `"{{text}}" is not a day of week; expected 0 to 7 (0 and 7 are Sunday) or SUN to SAT, such as MON#2 or FRI#L, ${FORMS}.`,
  cronNever:
    '"{{expression}}" names a day that never comes (such as 30 February); expected one that exists.',
  noTime: '"{{text}}" is not a time; expected one such as 2030-01-31T08:00:00Z.',
  timeIsPast: '{{text}} is in the past (it is {{now}} in {{zone}}); expected a time to come.',
  zoneEmpty:
    'The time zone is empty; expected a place such as America/Sao_Paulo, UTC, or null for the machine’s own.',
  zoneUnknown:
    '"{{name}}" is not a time zone of the IANA list that this machine knows; expected a place such as America/Sao_Paulo, or UTC.',
  endBeforeStart: 'The end {{end}} is not after the start {{start}}; expected a later time.',
  notCalled: "'{{address}}' is not called: only http and https are.",
  noAddress: "'{{address}}' is not an address. It looks like https://api.example.com/items.",
  slashesMissing: "'{{address}}' is not an address: after http: come two slashes.",
  credentialsInAddress:
    'Credentials do not belong into an address. Store the password as a secret and choose basic.',
  tokenAddressTemplate: 'An address for tokens cannot be a template.',
  badHeader: 'A header cannot hold line breaks, control characters or letters beyond Latin-1.',
  noBody: 'A {{method}} request has no body.',
  noBodyToSet: 'A {{method}} request has no body to set this in.',
  noPages: 'Without records there are no pages: pagination must be none.',
  nothingIncremental: 'Without records there is nothing to read incrementally.',
  templateInOrigin:
    'With secrets, scheme and host must be written out: a template may not decide where a secret goes.',
  splitByKind:
    'Pages can be split among instances with page numbers or offsets, not with {{kind}}.',
  splitNeedsSize:
    'Pages by offset can be split among instances only when pagination.size is given.',
  splitUsers:
    'These jobs split the pages among their instances, which works with page numbers or offsets, not with {{kind}}: {{jobs}}. Switch that off in them first.',
  splitUsersNeedSize:
    'These jobs split the pages among their instances, which works with offsets only when the number of records per page is given: {{jobs}}.',
  noSecret: "There is no secret '{{name}}'.",
  secretElsewhere: "The secret '{{name}}' belongs to {{owner}}; it cannot be sent to {{origin}}.",
  keyTwice: 'A key field is named twice.',
  headRecords: 'HEAD brings no body, so there are no records to select: records must be null.',
  templateUnreadable: 'The template cannot be read: {{why}}',
  templateUnknownName: "A template knows no '{{name}}'. It knows {{known}}.",
  templatePlainValue: "'{{name}}' is a plain value and has no '{{field}}'.",
  templateNoField: "'{{name}}' has no '{{field}}'. It has {{known}}.",
  conditionBroken:
    '"{{condition}}" is not a whole condition; expected values compared by ==, !=, >, <, >=, <= or contains, joined by and, or.',
  conditionNeeded: 'A condition is needed, or none at all.',
  takenIntegration: "There is already an integration '{{id}}'. Choose another id.",
  takenJob: "There is already a job '{{id}}'. Choose another id.",
  inUse:
    "Integration '{{id}}' is used by {{count}} job(s): {{jobs}}. Delete them first, or ask for cascade=true.",
  noIntegration: "There is no integration '{{id}}'.",
  noJob: "There is no job '{{id}}'.",
  noRun: "There is no run '{{id}}'.",
  noBackup: "There is no backup '{{id}}'.",
  pauseIsOver: '{{text}} is over; a pause ends in the future.',
  atOrDelay: 'Give either `at` or `delayMs`, not both.',
  cursorUnderWay:
    "A run of '{{id}}' is under way and will set the cursor when it ends. Wait for it, or cancel it.",
  notFailed: "Run '{{id}}' is no dead letter: its last attempt has not failed.",
  noDecision: "Run '{{id}}' does not wait for a decision.",
  noRoomToRetry:
    "Run '{{id}}' was not tried again: too many runs are under way or waiting. It stays in the list; try again later.",
  runUnfinished:
    "Run '{{id}}' is {{state}}; only a finished run can be tried again. Cancel it first.",
  jobDeleted: "The job '{{job}}' of run '{{run}}' was deleted; there is nothing to run again.",
  noKeyring:
    'No secret can be stored: this computer offers no place to keep its key (a keyring). Unlock or install one, then start again.',
  noOrigin: "'{{text}}' is not an origin. Give scheme and host, such as https://api.example.com.",
  fromBeforeTo: '`from` has to lie before `to`.',
  exportFailed: 'The file {{path}} could not be written: {{why}}',
  logGone: 'The log of this run is gone: logs are kept for a while only.',
  keyExists: 'The secrets have a key already.',
  serverOff: 'The local server is switched off.',
  portInUse:
    'Port {{port}} is in use by another program. Choose another port, or 0 for any free one.',
  unknownService:
    "The service '{{name}}' is not known. Give it an address in the settings, under services.",
  serviceNotKnown: 'This service is not known.',
} as const;
