/** Why a call to an API failed: sentences of the errors of attempts and runs. */
export const callFailures = {
  // The way to the API. `detail` is the code of the system in brackets, or nothing.
  connectionRefused: '{{origin}} refused the connection: nothing listens there{{detail}}.',
  connectionReset: '{{origin}} broke the connection off{{detail}}.',
  connectionClosedEarly:
    '{{origin}} closed the connection while the request was being sent{{detail}}.',
  connectionClosed: '{{origin}} closed the connection without an answer{{detail}}.',
  hostNotFound: '{{origin}} is not known: its name could not be found{{detail}}.',
  dnsSilent: '{{origin}} could not be looked up: the name service did not answer{{detail}}.',
  dnsFailed: '{{origin}} could not be looked up: the name service failed{{detail}}.',
  unreachable: '{{origin}} cannot be reached from this machine{{detail}}.',
  noNetworkTo: '{{origin}} cannot be reached: there is no network to it{{detail}}.',
  networkDown: '{{origin}} cannot be reached: the network is down{{detail}}.',
  notAcceptedInTime: '{{origin}} did not accept the connection in time{{detail}}.',
  tooManySockets: '{{origin}} could not be called: too many files are open{{detail}}.',
  headersTooLarge: '{{origin}} sent more than 16 KiB of headers{{detail}}.',
  lengthMismatch: '{{origin}} sent a body that is shorter or longer than it announced{{detail}}.',
  proxyRefused: '{{origin}} cannot be reached: the proxy opens no tunnel to it{{detail}}.',
  requestInvalid: '{{origin}} cannot be called: the request is not valid HTTP{{detail}}.',
  tlsExpired: '{{origin}} has a certificate that has expired{{detail}}.',
  tlsNotYetValid: '{{origin}} has a certificate that is not valid yet{{detail}}.',
  tlsRevoked: '{{origin}} has a certificate that was revoked{{detail}}.',
  tlsSelfSigned:
    '{{origin}} has a certificate that it signed itself{{detail}}. If you trust it, name a file with it in the integration (tls.caFile).',
  tlsNotTrusted:
    '{{origin}} has a certificate whose authority is not trusted on this machine{{detail}}.',
  tlsChain:
    '{{origin}} has a certificate whose authority is not known here, or it does not send the whole chain{{detail}}.',
  tlsNotKnown:
    '{{origin}} has a certificate whose authority is not known here{{detail}}. If you trust it, name a file with its certificate in the integration (tls.caFile).',
  tlsWrongHost: '{{origin}} has a certificate for another host{{detail}}.',
  tlsNotSpoken: '{{origin}} does not speak TLS on this port{{detail}}.',
  tlsTooOld: '{{origin}} offers only TLS versions older than 1.2{{detail}}.',
  tlsFailed: '{{origin}} could not agree on an encrypted connection{{detail}}.',
  notHttp: '{{origin}} does not answer in HTTP{{detail}}.',
  bodyCut: '{{origin}} broke off in the middle of the body{{detail}}.',
  notCalledAtAll: '{{origin}} could not be called{{detail}}.',
  addressRefused: '{{origin}} is not called: {{why}}.',
  addressMetadata: '{{name}} is the metadata service of a cloud',
  addressLinkLocal: '{{ip}} is a link-local or metadata address',
  addressOurs: '{{ip}}:{{port}} is Pontual itself',
  addressThisMachine: '{{ip}} is this machine',
  addressPrivate: '{{ip}} lies in a private network',
  addressNone: 'its name has no address',

  // Limits of time and size.
  limitConnect: '{{origin}} did not accept the connection within {{ms}} ms (limits.connectMs).',
  limitHeaders: '{{origin}} sent no answer within {{ms}} ms (limits.headersMs).',
  limitIdle:
    '{{origin}} stopped sending in the middle of the body within {{ms}} ms (limits.idleMs).',
  limitTotal: '{{origin}} did not finish its answer within {{ms}} ms (limits.totalMs).',
  limitBody: '{{origin}} sends more than {{bytes}} bytes in one body (limits.maxBodyBytes).',
  limitAttempt: 'The attempt took longer than {{ms}} ms (timeoutMs of the job).',
  testOffline: 'This computer has no network now.',
  noData: '{{status}}: the API answered that there is no data.',
  limitTest: 'The test took longer than {{ms}} ms.',

  // Statuses.
  status400: '{{status}}: the API does not understand the request.',
  status401: '{{status}}: the API did not accept the credentials.',
  status402: '{{status}}: the API wants to be paid.',
  status403: '{{status}}: the API does not allow this to these credentials.',
  status404: '{{status}}: there is nothing at this address.',
  status405: '{{status}}: the API does not allow this method here.',
  status407: '{{status}}: the proxy wants credentials.',
  status408: '{{status}}: the API waited too long for the request.',
  status410: '{{status}}: what was at this address is gone for good.',
  status413: '{{status}}: the request is too large for the API.',
  status415: '{{status}}: the API does not take this kind of body.',
  status422: '{{status}}: the API understood the request but does not accept its content.',
  status425: '{{status}}: the API asks to try again.',
  status429: '{{status}}: the API says that it is called too often.',
  status501: '{{status}}: the API does not know this method.',
  status502: '{{status}}: a gateway before the API got no good answer.',
  status503: '{{status}}: the API is not available now.',
  status504: '{{status}}: a gateway before the API waited too long.',
  status505: '{{status}}: the API does not take this version of HTTP.',
  statusFailed: '{{status}}: the API failed.',
  statusRefused: '{{status}}: the API refused the request.',
  statusPart: '{{status}}: the API sent a part only, which was not asked for.',
  statusNoData: '{{status}}: this is no status that data comes with.',

  // Redirects.
  redirectNowhere: '{{status}}: the API redirects but does not say where to.',
  redirectNoAddress: '{{status}}: the API redirects to something that is no address.',
  secretInAddress:
    'The API leads to another origin, {{origin}}, with a secret in the address; it is not asked there.',
  redirectScheme: 'The API redirects to {{scheme}} - only http and https are followed.',
  redirectInsecure: 'The API redirects from https to http, which is never followed.',
  redirectNotFollowed: '{{status}}: the API redirects to {{origin}}, and redirects.follow is none.',
  redirectElsewhere:
    'The API redirects to another origin, {{origin}}. Set redirects.follow to any to allow it (secrets are never sent there).',
  redirectTooMany: 'More than {{most}} redirects (redirects.max).',
  redirectCircle: 'The API redirects in a circle at {{address}}.',

  // How the body is packed.
  bodyCutPacked: '{{origin}} broke off in the middle of the {{coding}} body.',
  codingWrong: '{{origin}} says that the body is {{coding}}, but it is not ({{code}}).',
  codingUnknown:
    'The body is encoded as {{coding}}, which was not asked for and is not known here.',
  codingLayers: 'The body is encoded {{count}} times over; at most {{most}} layers are undone.',

  // The door of an origin.
  circuitOpen:
    '{{origin}} keeps failing and is left alone for a while. Its last failure: {{failure}}',
  leftAlone:
    '{{origin}} keeps failing and is left alone for {{seconds}} s. Its last failure: {{failure}}',
  askedToWait: '{{origin}} asked not to be called for {{seconds}} s.',

  // Credentials and what is sent.
  secretMissing: "There is no secret '{{name}}' yet. Store its value.",
  secretLocked: "The secret '{{name}}' is locked on this machine. Put its value again.",
  secretNotSent: "The secret '{{name}}' belongs to {{owner}} and is not sent to {{origin}}.",
  whileGettingToken: 'While getting a token: {{failure}}',
  tokenMissing: 'The login answered, but there is no token at {{path}}.',
  tokenNotOfKind: 'This kind of authentication has no token.',
  tokenNoAddress: 'The address for tokens is no URL.',
  conditionFails: 'The condition cannot be evaluated: {{why}}',
  integrationUnusable: 'The integration cannot be used: {{why}}',
  templatesFail: 'The request could not be made from its templates: {{why}}',
  addressNotUrl: 'the address is not a URL.',
  addressScheme: 'the address begins with {{scheme}} and not with http: or https:.',
  addressCredentials: 'the address holds credentials; use a secret.',
  headerImpossible: 'the header {{name}} would hold characters that a header cannot have.',
  bodyNoObject: 'the body is no object, so nothing can be set in it.',
  caFileEmpty: 'The file {{file}} (tls.caFile) holds no certificate in PEM.',
  caFileUnreadable: 'The file {{file}} (tls.caFile) cannot be read ({{code}}).',
  caFileDamaged: 'A certificate in {{file}} (tls.caFile) is damaged.',

  // The run and the program around it.
  noPlan: 'The integration of this run is not known here.',
  givenUp: 'The request was given up.',
  ownFault: 'A fault of this program: {{why}}',
  threadDied: 'The thread that called the API ended unexpectedly: {{why}}.',
  threadLeft: 'it ended by itself (exit code {{code}})',
  threadThrew: '{{why}} (exit code {{code}})',
  stoppedToGoOn: 'The program was stopped; the run goes on at the next start.',
  stoppedUnsure:
    'The program was stopped while a request was under way that may not be sent twice. Decide whether it is sent again.',
  endedDuringAttempt: 'The program ended during this attempt.',
  endedUnsure:
    'The program ended while a request was under way that may not be sent twice. Decide whether it is sent again.',
  endedBeforeRestore:
    'It was under way when the backup was made that everything was restored from; what became of it is not known.',
  endedTwice:
    'The program ended twice while this run was running. Decide whether it is tried again.',
  notStored: 'What the attempt brought could not be stored.',
  notStoredUnsure:
    'A request that may not be sent twice may have left, and what came of it could not be stored. Decide whether it is sent again.',
  nothingValid:
    'None of the {{received}} records that came is valid. They are in quarantine with the reason; if the API has changed, change the schema or the key and replay them.',
  tooManyInvalid:
    '{{invalid}} of the {{received}} records that came are not valid, more than {{most}} percent (invalid.maxPercent): nothing of this read was kept. The refused records are in quarantine with the reason.',
  pausedByRefusals:
    'Paused after {{count}} refusals in a row: {{failure}} Mend the access, then resume the job.',
  pausedByFailures: 'Paused after {{count}} failures in a row, the last one: {{failure}}',
  noReasonGiven: 'no reason given.',
  noAnswer: 'There is no answer: {{why}}.',
  programStopping: 'the program is stopping',
  tookTooLong: 'This took longer than {{seconds}} s and was stopped.',
  notWorkedOut: 'This could not be worked out: {{why}}',
} as const;
