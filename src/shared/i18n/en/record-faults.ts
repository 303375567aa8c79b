/** Why a page or a record cannot be used, and what is odd about what came. */
export const recordFaults = {
  // The body as a whole.
  bodyNotJson: 'The body is not valid JSON: {{why}}.',
  bodyUsesEveryMark: 'it uses every character that is kept for marking numbers',
  bodyNotList: 'Expected a JSON array or object, got {{what}}.',
  gotEmpty: 'an empty body',
  gotHtml: 'an HTML page',
  gotMarkup: 'XML or HTML',
  gotLines: 'several JSON values, one a line (JSON lines)',
  gotText: 'a text',
  gotNumber: 'a number',
  gotBoolean: 'a boolean',
  gotNull: 'null',
  bodyDepth: 'The body is nested {{depth}} levels deep; the limit limits.maxDepth is {{most}}.',
  bodyValues:
    'The body has more than {{most}} values, which is the most that is read at once; ask for smaller pages.',
  charsetUnknown:
    "The API says that its body is in the charset '{{charset}}', which is not known here.",
  charsetWrong:
    'The body is not valid {{charset}}. If the API uses another charset, it must say so in the Content-Type header.',
  pageTooSlow: 'Reading and checking this page took longer than {{ms}} ms and was stopped.',
  pageTooSlowBecause:
    'Reading and checking this page took longer than {{ms}} ms and was stopped (what may take long: {{why}}).',
  pageTooMuchMemory: 'This page needs more memory than one page may take; ask for smaller pages.',
  pageThreadDied: 'The thread that read this page ended unexpectedly: {{why}}.',
  validatorFailed: 'The validator failed, which is a fault of this program: {{why}}',
  dangerPath: 'the JSONPath {{path}} searches or filters',
  dangerReferences: 'the schema has references',
  dangerUnique: 'the schema compares all items of a list',
  dangerPatterns: 'the schema has {{count}} patterns',
  dangerLarge: 'the schema is very large',

  // Rules that cannot be used.
  ruleAt: '{{place}}: {{why}}',
  pathEndsEarly:
    "'{{path}}' is not a JSONPath: it ends too early, at character {{position}}. It should look like $.items[*].",
  pathOutOfPlace:
    "'{{path}}' is not a JSONPath: '{{found}}' is out of place, at character {{position}}. It should look like $.items[*].",
  pathUnreadable: "'{{path}}' is not a JSONPath: {{why}}",
  pathNoFunction: "'{{path}}' is not a JSONPath: there is no function '{{name}}'.",
  pathArguments: "'{{path}}' is not a JSONPath: '{{name}}' takes {{count}} arguments.",
  schemaOutside: 'The schema refers to something outside itself, which is not fetched: {{why}}.',
  schemaUnusable: 'The schema cannot be used: {{why}}.',
  patternUnsupported:
    "The schema cannot be used: the pattern '{{pattern}}' is not supported ({{why}}); look-ahead, look-behind and back-references cannot be used.",
  fieldIsPath:
    "'{{name}}' is a JSONPath; a field is named as in the record, such as id or owner.id.",
  fieldHasGap: "'{{name}}' has an empty part; nested fields are written as owner.id.",

  // One record.
  recordTooLarge: 'The record has {{bytes}} bytes; the limit limits.maxRecordBytes is {{most}}.',
  numberTooLarge: "The number in '{{field}}' is too large to be worked with.",
  keyMissing: "The key field '{{field}}' is missing.",
  keyHalfCharacter:
    "The key field '{{field}}' has half of a character in it (a lone surrogate), which cannot be stored.",
  keyNull: "The key field '{{field}}' is null; a key is text, a number or true/false.",
  keyObject: "The key field '{{field}}' is an object; a key is text, a number or true/false.",
  keyArray: "The key field '{{field}}' is an array; a key is text, a number or true/false.",
  breaksSchema: 'The record breaks the schema.',
  fieldMissing: "'{{field}}' is missing.",
  fieldNotAllowed: "'{{field}}' is not among the fields that the schema allows.",
  theRecord: 'The record',
  quoted: "'{{field}}'",
  mustBeType: '{{what}} must be {{type}}.',
  mustBeAtLeast: '{{what}} must be >= {{limit}}.',
  mustBeAtMost: '{{what}} must be <= {{limit}}.',
  mustBeMore: '{{what}} must be > {{limit}}.',
  mustBeLess: '{{what}} must be < {{limit}}.',
  mustBeMultiple: '{{what}} must be a multiple of {{limit}}.',
  mustNotBeShorter: '{{what}} must have at least {{limit}} characters.',
  mustNotBeLonger: '{{what}} must have at most {{limit}} characters.',
  mustNotHaveFewerItems: '{{what}} must have at least {{limit}} items.',
  mustNotHaveMoreItems: '{{what}} must have at most {{limit}} items.',
  mustNotHaveFewerFields: '{{what}} must have at least {{limit}} fields.',
  mustNotHaveMoreFields: '{{what}} must have at most {{limit}} fields.',
  mustBeConstant: '{{what}} must be the one value that the schema names.',
  mustBeOneOf: '{{what}} must be one of the values that the schema names: {{values}}.',
  mustMatchFormat: '{{what}} must match the format "{{format}}".',
  mustMatchPattern: '{{what}} must match the pattern "{{pattern}}".',
  mustBeUnique: '{{what}} must not have the same item twice (items {{first}} and {{second}}).',
  mustMatchAny: '{{what}} must match one of the schemas in anyOf.',
  mustMatchOne: '{{what}} must match exactly one of the schemas in oneOf.',
  mustNotMatch: '{{what}} must not match the schema in not.',
  mustMatchBranch: '{{what}} must match the schema in {{branch}}.',
  mustNotBe: '{{what}} is not allowed at all.',
  mustContain: '{{what}} has too few or too many items that match contains.',
  mustName: '{{what}} has a field whose name the schema does not allow.',
  mustOther: '{{what}} breaks the rule {{rule}} of the schema.',

  // Remarks and hints.
  pathFoundNothing: 'The path {{path}} found nothing in this body.',
  keyRepeated:
    "The key '{{key}}' is repeated inside one object ({{count}} times); the last value counts.",
  hintTotal:
    'The API speaks of {{total}} records and sent {{received}}: without pagination only the first page is read.',
  hintPages:
    'The answer looks like the first of several pages: without pagination only this one is read.',
  fieldGone:
    "The field '{{field}}' is in no record of the first page any more; at the last read all of them had it.",
  olderThanBefore:
    'The API answered with older data than before: the greatest {{field}} is {{newest}}, but an earlier read had {{before}}. The watermark stays where it is.',
} as const;
