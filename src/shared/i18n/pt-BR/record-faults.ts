import type { recordFaults as en } from '../en/record-faults.ts';
import type { Translated } from '../keys.ts';

export const recordFaults: Translated<typeof en> = {
  bodyNotJson: 'O corpo não é JSON válido: {{why}}.',
  bodyUsesEveryMark: 'usa todos os caracteres reservados para marcar números',
  bodyNotList: 'Era esperado um array ou objeto JSON, mas veio {{what}}.',
  gotEmpty: 'um corpo vazio',
  gotHtml: 'uma página HTML',
  gotMarkup: 'XML ou HTML',
  gotLines: 'uma série de valores JSON, um por linha (JSON lines)',
  gotText: 'um texto',
  gotNumber: 'um número',
  gotBoolean: 'um booleano',
  gotNull: 'null',
  bodyDepth: 'O corpo tem {{depth}} níveis de profundidade; o limite limits.maxDepth é {{most}}.',
  bodyValues:
    'O corpo tem mais de {{most}} valores, o máximo que é lido de uma vez; peça páginas menores.',
  charsetUnknown:
    "A API diz que o corpo está no conjunto de caracteres '{{charset}}', que não é conhecido aqui.",
  charsetWrong:
    'O corpo não é {{charset}} válido. Se a API usa outro conjunto de caracteres, precisa dizer isso no cabeçalho Content-Type.',
  pageTooSlow: 'Ler e validar esta página levou mais de {{ms}} ms e foi interrompido.',
  pageTooSlowBecause:
    'Ler e validar esta página levou mais de {{ms}} ms e foi interrompido (o que pode demorar: {{why}}).',
  pageTooMuchMemory:
    'Esta página precisa de mais memória do que uma página pode usar; peça páginas menores.',
  pageThreadDied: 'A thread que lia esta página terminou inesperadamente: {{why}}.',
  validatorFailed: 'O validador falhou, o que é uma falha deste programa: {{why}}',
  dangerPath: 'o JSONPath {{path}} procura ou filtra',
  dangerReferences: 'o esquema tem referências',
  dangerUnique: 'o esquema compara todos os itens de uma lista',
  dangerPatterns: 'o esquema tem {{count}} padrões',
  dangerLarge: 'o esquema é muito grande',

  ruleAt: '{{place}}: {{why}}',
  pathEndsEarly:
    "'{{path}}' não é um JSONPath: termina cedo demais, no caractere {{position}}. Um JSONPath é como $.items[*].",
  pathOutOfPlace:
    "'{{path}}' não é um JSONPath: '{{found}}' está fora do lugar, no caractere {{position}}. Um JSONPath é como $.items[*].",
  pathUnreadable: "'{{path}}' não é um JSONPath: {{why}}",
  pathNoFunction: "'{{path}}' não é um JSONPath: a função '{{name}}' não existe.",
  pathArguments: "'{{path}}' não é um JSONPath: '{{name}}' recebe {{count}} argumentos.",
  schemaOutside: 'O esquema se refere a algo fora dele, que não é buscado: {{why}}.',
  schemaUnusable: 'O esquema não pode ser usado: {{why}}.',
  patternUnsupported:
    "O esquema não pode ser usado: o padrão '{{pattern}}' não é suportado ({{why}}); look-ahead, look-behind e referências anteriores não podem ser usados.",
  fieldIsPath:
    "'{{name}}' é um JSONPath; um campo tem o nome que tem no registro, como id ou owner.id.",
  fieldHasGap: "'{{name}}' tem uma parte vazia; campos aninhados se escrevem como owner.id.",

  recordTooLarge: 'O registro tem {{bytes}} bytes; o limite limits.maxRecordBytes é {{most}}.',
  numberTooLarge: "O número em '{{field}}' é grande demais para ser usado.",
  keyMissing: "Falta o campo da chave '{{field}}'.",
  keyHalfCharacter:
    "O campo da chave '{{field}}' tem metade de um caractere (um surrogate isolado), que não pode ser guardada.",
  keyNull: "O campo da chave '{{field}}' é null; uma chave é um texto, um número ou true/false.",
  keyObject:
    "O campo da chave '{{field}}' é um objeto; uma chave é um texto, um número ou true/false.",
  keyArray:
    "O campo da chave '{{field}}' é um array; uma chave é um texto, um número ou true/false.",
  breaksSchema: 'O registro não segue o esquema.',
  fieldMissing: "Falta '{{field}}'.",
  fieldNotAllowed: "'{{field}}' não está entre os campos que o esquema permite.",
  theRecord: 'O registro',
  quoted: "'{{field}}'",
  mustBeType: '{{what}} precisa ser do tipo {{type}}.',
  mustBeAtLeast: '{{what}} precisa ser >= {{limit}}.',
  mustBeAtMost: '{{what}} precisa ser <= {{limit}}.',
  mustBeMore: '{{what}} precisa ser > {{limit}}.',
  mustBeLess: '{{what}} precisa ser < {{limit}}.',
  mustBeMultiple: '{{what}} precisa ser múltiplo de {{limit}}.',
  mustNotBeShorter: '{{what}} precisa ter ao menos {{limit}} caracteres.',
  mustNotBeLonger: '{{what}} pode ter no máximo {{limit}} caracteres.',
  mustNotHaveFewerItems: '{{what}} precisa ter ao menos {{limit}} itens.',
  mustNotHaveMoreItems: '{{what}} pode ter no máximo {{limit}} itens.',
  mustNotHaveFewerFields: '{{what}} precisa ter ao menos {{limit}} campos.',
  mustNotHaveMoreFields: '{{what}} pode ter no máximo {{limit}} campos.',
  mustBeConstant: '{{what}} precisa ser o único valor que o esquema indica.',
  mustBeOneOf: '{{what}} precisa ser um dos valores que o esquema indica: {{values}}.',
  mustMatchFormat: '{{what}} precisa ter o formato "{{format}}".',
  mustMatchPattern: '{{what}} precisa corresponder ao padrão "{{pattern}}".',
  mustBeUnique: '{{what}} não pode ter o mesmo item duas vezes (itens {{first}} e {{second}}).',
  mustMatchAny: '{{what}} precisa corresponder a um dos esquemas de anyOf.',
  mustMatchOne: '{{what}} precisa corresponder a exatamente um dos esquemas de oneOf.',
  mustNotMatch: '{{what}} não pode corresponder ao esquema de not.',
  mustMatchBranch: '{{what}} precisa corresponder ao esquema de {{branch}}.',
  mustNotBe: '{{what}} não é permitido de modo algum.',
  mustContain: '{{what}} tem itens de menos ou de mais que correspondem a contains.',
  mustName: '{{what}} tem um campo cujo nome o esquema não permite.',
  mustOther: '{{what}} não segue a regra {{rule}} do esquema.',

  pathFoundNothing: 'O caminho {{path}} não encontrou nada neste corpo.',
  keyRepeated:
    "A chave '{{key}}' se repete dentro de um objeto ({{count}} vezes); vale o último valor.",
  hintTotal:
    'A API fala de {{total}} registros e enviou {{received}}: sem paginação só a primeira página é lida.',
  hintPages: 'A resposta parece a primeira de várias páginas: sem paginação só esta é lida.',
  fieldGone:
    "O campo '{{field}}' não está mais em nenhum registro da primeira página; na última leitura todos o tinham.",
  olderThanBefore:
    'A API respondeu com dados mais antigos que antes: o maior {{field}} é {{newest}}, mas uma leitura anterior tinha {{before}}. A marca fica onde está.',
};
