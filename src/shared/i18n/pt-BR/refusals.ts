import type { refusals as en } from '../en/refusals.ts';
import type { Translated } from '../keys.ts';

const FIELDS =
  'são precisos cinco campos (minuto hora dia mês dia-da-semana) ou seis (o segundo antes), como "30 2 * * MON-FRI"';
const FORMS = 'uma lista (1,2), um intervalo (1-5), um passo (*/5, 0-30/10) ou *';

export const refusals: Translated<typeof en> = {
  unknownField: 'Este campo não é conhecido.',
  invalidInput: 'A entrada não é válida.',
  badId:
    'Um id tem letras minúsculas, algarismos e hífens, de 1 a 63 caracteres, e começa com letra ou algarismo.',
  nameNeeded: 'É preciso um nome.',
  jsonNeeded: 'É preciso um valor JSON.',
  jsonObjectNeeded: 'É preciso um objeto JSON.',
  urlNeeded: 'É preciso o endereço da API.',
  pathNeeded: 'É preciso um JSONPath, como $.items[*].',
  valueNeeded: 'É preciso um valor.',
  nothingToImport: 'Não há nada a importar.',
  jobsNeeded: 'Indique ao menos uma tarefa.',
  backupNeeded: 'É preciso o nome de um backup.',
  dateTimeExpected: 'É preciso data e hora, como 2030-01-31T08:00:00Z ou 2030-01-31T08:00.',
  periodTooShort: 'O menor período é 100 ms.',
  periodTooLong: 'O maior período ou intervalo é de cem anos.',
  delayNegative: 'Um intervalo é de 0 ms ou mais.',
  zoneExpected: 'É preciso o nome de um fuso horário, como America/Sao_Paulo.',
  timeExpected: 'É preciso uma hora, como 22:00.',
  dateExpected: 'É preciso uma data, como 2030-12-25.',
  badSinkName:
    'O nome de um destino tem letras minúsculas, algarismos e hífens, de 1 a 63 caracteres.',
  badSinkUrl: 'É preciso um endereço http ou https, sem usuário nem senha.',
  sameSinkName: 'Dois destinos têm o mesmo nome.',
  cronTooLong: 'A expressão cron tem {{length}} caracteres; são permitidos no máximo {{most}}.',
  cronEmpty: `A expressão cron está vazia; ${FIELDS}.`,
  cronCharacter:
    'A expressão cron tem o caractere "{{character}}" na posição {{position}}; só algarismos, letras e sinais simples são entendidos.',
  cronAlias: `"{{expression}}" usa um nome com @, que não é entendido; ${FIELDS}.`,
  cronNickname: 'Escreva "{{fields}}" em vez de "{{expression}}": nomes com @ não são entendidos.',
  cronReboot:
    '"{{expression}}" não indica hora: as tarefas seguem o relógio, e o que se perdeu com o programa desligado é recuperado quando ele inicia.',
  cronEvery: '"{{expression}}" não é uma expressão cron; um intervalo é uma taxa fixa.',
  cronOneField: `"{{expression}}" tem 1 campo; ${FIELDS}.`,
  cronFields: `"{{expression}}" tem {{count}} campos; ${FIELDS}.`,
  cronSecond: `"{{text}}" não é um segundo; é preciso 0 a 59, ${FORMS}.`,
  cronMinute: `"{{text}}" não é um minuto; é preciso 0 a 59, ${FORMS}.`,
  cronHour: `"{{text}}" não é uma hora; é preciso 0 a 23, ${FORMS}.`,
  cronDay: `"{{text}}" não é um dia do mês; é preciso 1 a 31, L (o último dia), LW ou um dia com W (o dia útil mais próximo), ${FORMS}.`,
  cronMonth: `"{{text}}" não é um mês; é preciso 1 a 12 ou JAN a DEC, ${FORMS}.`,
  cronWeekday: `"{{text}}" não é um dia da semana; é preciso 0 a 7 (0 e 7 são domingo) ou SUN a SAT, como MON#2 ou FRI#L, ${FORMS}.`,
  cronNever:
    '"{{expression}}" indica um dia que nunca chega (como 30 de fevereiro); é preciso um que exista.',
  noTime: '"{{text}}" não é uma hora; é preciso algo como 2030-01-31T08:00:00Z.',
  timeIsPast: '{{text}} já passou (agora são {{now}} em {{zone}}); é preciso uma hora futura.',
  zoneEmpty:
    'O fuso horário está vazio; é preciso um lugar como America/Sao_Paulo, UTC, ou null para o da máquina.',
  zoneUnknown:
    '"{{name}}" não é um fuso horário da lista IANA que esta máquina conhece; é preciso um lugar como America/Sao_Paulo, ou UTC.',
  endBeforeStart: 'O fim {{end}} não vem depois do início {{start}}; é preciso uma hora posterior.',
  notCalled: "'{{address}}' não pode ser chamado: só http e https.",
  noAddress: "'{{address}}' não é um endereço. Um endereço é como https://api.example.com/items.",
  slashesMissing: "'{{address}}' não é um endereço: depois de http: vêm duas barras.",
  credentialsInAddress:
    'Credenciais não ficam no endereço. Guarde a senha como segredo e escolha basic.',
  tokenAddressTemplate: 'O endereço dos tokens não pode ser um modelo.',
  badHeader:
    'Um cabeçalho não pode ter quebras de linha, caracteres de controle nem letras além do Latin-1.',
  noBody: 'Uma requisição {{method}} não tem corpo.',
  noBodyToSet: 'Uma requisição {{method}} não tem corpo onde pôr isto.',
  noPages: 'Sem registros não há páginas: a paginação precisa ser none.',
  nothingIncremental: 'Sem registros não há o que ler de modo incremental.',
  templateInOrigin:
    'Com segredos, esquema e host precisam estar escritos: um modelo não pode decidir aonde vai um segredo.',
  splitByKind:
    'As páginas podem ser divididas entre instâncias com número de página ou deslocamento, não com {{kind}}.',
  splitNeedsSize:
    'Páginas por deslocamento só podem ser divididas entre instâncias quando pagination.size é dado.',
  splitUsers:
    'Estas tarefas dividem as páginas entre suas instâncias, o que funciona com número de página ou deslocamento, não com {{kind}}: {{jobs}}. Desligue isso nelas primeiro.',
  splitUsersNeedSize:
    'Estas tarefas dividem as páginas entre suas instâncias, o que com deslocamento só funciona quando o número de registros por página é dado: {{jobs}}.',
  noSecret: "O segredo '{{name}}' não existe.",
  secretElsewhere: "O segredo '{{name}}' pertence a {{owner}}; não pode ser enviado a {{origin}}.",
  keyTwice: 'Um campo da chave aparece duas vezes.',
  headRecords:
    'HEAD não traz corpo, então não há registros a selecionar: records precisa ser null.',
  templateUnreadable: 'O modelo não pode ser lido: {{why}}',
  templateUnknownName: "Um modelo não conhece '{{name}}'. Ele conhece {{known}}.",
  templatePlainValue: "'{{name}}' é um valor simples e não tem '{{field}}'.",
  templateNoField: "'{{name}}' não tem '{{field}}'. Tem {{known}}.",
  conditionBroken:
    '"{{condition}}" não é uma condição inteira; são esperados valores comparados por ==, !=, >, <, >=, <= ou contains, ligados por and, or.',
  conditionNeeded: 'É preciso uma condição, ou nenhuma.',
  takenIntegration: "Já existe uma integração '{{id}}'. Escolha outro id.",
  takenJob: "Já existe uma tarefa '{{id}}'. Escolha outro id.",
  inUse:
    "A integração '{{id}}' é usada por {{count}} tarefa(s): {{jobs}}. Apague-as antes, ou peça cascade=true.",
  noIntegration: "A integração '{{id}}' não existe.",
  noJob: "A tarefa '{{id}}' não existe.",
  noRun: "A execução '{{id}}' não existe.",
  noBackup: "O backup '{{id}}' não existe.",
  pauseIsOver: '{{text}} já passou; uma pausa termina no futuro.',
  atOrDelay: 'Indique `at` ou `delayMs`, não ambos.',
  cursorUnderWay:
    "Uma execução de '{{id}}' está em andamento e definirá o cursor ao terminar. Espere por ela, ou cancele-a.",
  notFailed: "A execução '{{id}}' não é uma falha a resolver: a última tentativa dela não falhou.",
  noDecision: "A execução '{{id}}' não espera uma decisão.",
  noRoomToRetry:
    "A execução '{{id}}' não foi tentada de novo: há execuções demais em andamento ou na fila. Ela continua na lista; tente de novo mais tarde.",
  runUnfinished:
    "A execução '{{id}}' está {{state}}; só uma execução terminada pode ser repetida. Cancele-a antes.",
  jobDeleted:
    "A tarefa '{{job}}' da execução '{{run}}' foi apagada; não há o que executar de novo.",
  noKeyring:
    'Nenhum segredo pode ser guardado: este computador não oferece lugar para a chave (um chaveiro). Desbloqueie ou instale um, e inicie de novo.',
  noOrigin: "'{{text}}' não é uma origem. Indique esquema e host, como https://api.example.com.",
  fromBeforeTo: '`from` precisa vir antes de `to`.',
  exportFailed: 'O arquivo {{path}} não pôde ser gravado: {{why}}',
  logGone: 'O log desta execução não existe mais: logs são guardados só por algum tempo.',
  keyExists: 'Os segredos já têm uma chave.',
  serverOff: 'O servidor local está desligado.',
  portInUse:
    'A porta {{port}} está em uso por outro programa. Escolha outra, ou 0 para qualquer uma livre.',
  unknownService:
    "O serviço '{{name}}' não é conhecido. Dê-lhe um endereço nas configurações, em services.",
  serviceNotKnown: 'Este serviço não é conhecido.',
};
