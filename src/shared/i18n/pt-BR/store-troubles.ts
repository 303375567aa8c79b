import type { storeTroubles as en } from '../en/store-troubles.ts';
import type { Translated } from '../keys.ts';

const CHOICES =
  'Nada foi alterado. Escolha na tela de recuperação ou com `pontual recover`: continuar com o que pode ser lido, com o snapshot anterior ou com um backup.';

export const storeTroubles: Translated<typeof en> = {
  diskFull: 'O disco está cheio. Libere espaço; a coleta continua por si só. ({{detail}})',
  quotaFull:
    'A cota do disco está esgotada. Libere espaço; a coleta continua por si só. ({{detail}})',
  diskReadOnly:
    'O disco passou a ser somente leitura. Torne-o gravável; a coleta continua por si só. ({{detail}})',
  diskErrors:
    'O disco informa erros. Verifique-o; a coleta continua por si só quando ele voltar a funcionar. ({{detail}})',
  folderNotWritable:
    'A pasta de dados não pode ser gravada. Dê acesso a ela; a coleta continua por si só. ({{detail}})',
  notWritable:
    'Os dados não podem ser gravados. A coleta continua por si só quando puder. ({{detail}})',
  noRoomForCopy:
    'uma cópia dos dados precisa de {{needed}} MiB, e há {{free}} MiB livres no disco.',
  fileReplaced: '{{name}} foi apagado ou substituído.',
  folderReplaced: 'A pasta de dados foi apagada, movida ou substituída.',
  notReadBack: 'Só {{read}} de {{all}} transações podem ser lidas de volta do disco.',
  opensAgain: 'O banco de dados está sendo aberto de novo após uma falha. ({{detail}})',
  threadEnded: 'A thread do banco de dados terminou: {{why}}',
  beingReplaced: 'Outros dados estão sendo postos no lugar.',
  storeClosed: 'O banco de dados está fechado.',
  storeFailed: 'O banco de dados falhou antes de guardar isto. Nada disso foi guardado.',
  storeReadOnly: 'O banco de dados está aberto somente para leitura.',
  storeFull:
    'Os dados ocupam todos os {{budget}} MiB que podem ocupar, então nada mais é coletado. Dê-lhes mais espaço nas configurações, ou guarde registros por menos dias; a coleta continua por si só.',

  nothingReadable:
    '{{why}} Nada foi alterado. Coloque os arquivos de volta no lugar, ou escolha uma cópia de segurança na tela de recuperação ou com `pontual recover backup NOME`; sem nenhum dos dois, inicie com outra pasta de dados.',
  partReadable: `Os dados estão danificados: {{why}} Podem ser lidos até a transação {{lsn}}; as agendas estão pausadas. ${CHOICES}`,
  noSnapshotReads: 'Nem {{newest}} nem {{previous}} podem ser lidos: {{why}}',
  noManifest: 'Não há um MANIFEST legível; os arquivos foram examinados um a um.',
  notWhatWasWritten: '{{path}} pode ser lido, mas não é o que foi gravado.',
  newestUnreadable:
    'O snapshot mais novo, que tomou o lugar de tudo o que havia antes, não pode ser lido.',
  notAppliedAgain: 'A transação {{lsn}} do journal não pode ser aplicada de novo: {{why}}',
  transactionsMissing: 'Faltam as transações {{from}} a {{to}}.',
  journalAt: '{{name}}: {{why}}.',
  journalTail: '{{name}}: {{bytes}} bytes de uma gravação inacabada foram deixados de lado.',
  journalBeginning: '{{name}} não pode ser lido: o começo está danificado.',
  journalMissing: 'Falta {{name}}.',
  transactionMissing: 'falta a transação {{lsn}}',
  transactionDamaged: 'a transação {{lsn}} está danificada',
  endsTooEarly: 'termina depois da transação {{lsn}}, cedo demais',
  snapshotMissing: 'Falta o snapshot {{path}}.',
  snapshotNoFile: 'O snapshot {{path}} não é um arquivo.',
  snapshotOtherTransaction: 'O snapshot {{path}} é da transação {{found}} e não da {{lsn}}.',
  snapshotNotWritten: 'O snapshot {{path}} não contém o que foi gravado.',
  snapshotSaysNothing: 'O snapshot {{path}} não diz o que contém.',
  snapshotSize: 'O snapshot {{path}} tem {{bytes}} bytes em vez de {{expected}}.',
  snapshotNoDatabase: 'O snapshot {{path}} não é um banco de dados SQLite.',
  snapshotNotOurs: 'O snapshot {{path}} não é um banco de dados do Pontual.',
  snapshotUnreadable: 'O snapshot {{path}} não pode ser lido: {{why}}.',
  snapshotDamaged: 'O snapshot {{path}} está danificado: {{why}}.',
  storeSound: 'O banco de dados está íntegro: não há nada a recuperar.',
  previousNoHelp: 'O snapshot anterior não ajuda: {{why}}',
  databaseNewer:
    'Estes dados foram gravados por uma versão mais nova do Pontual (versão de dados {{version}}; este programa conhece a {{known}}). Instale a versão mais nova, ou comece com outra pasta.',

  homeUnusable: 'A pasta {{home}} não pode ser usada: {{why}}.',
  homeUnusableFor: 'A pasta {{home}} não pode ser usada: {{why}} ({{detail}}).',
  homeNoAccess: 'este usuário não pode ler nem gravar ali; dê acesso, ou escolha outra pasta',
  homeReadOnly: 'o disco é somente leitura; torne-o gravável, ou escolha outra pasta',
  homeDiskFull: 'o disco está cheio; libere espaço',
  homeQuotaFull: 'a cota do disco está esgotada; libere espaço',
  homeDiskErrors: 'o disco informa erros; verifique-o',
  homePartIsFile: 'uma parte do caminho é um arquivo; escolha outra pasta',
  homeIsFile: 'há um arquivo com esse nome; escolha outra pasta',
  homeNoFolder: 'nenhuma pasta pode ser criada ali; escolha outra',
  homeIsFolder: 'há uma pasta onde deveria haver um arquivo; tire-a dali',
  homeLoop: 'um link no caminho leva a si mesmo; escolha outra pasta',
  homeTooLong: 'o caminho é longo demais; escolha outra pasta',
  homeTooManyFiles:
    'há arquivos abertos demais; feche outros programas, ou aumente o limite de arquivos abertos',
  homeInUse: 'A pasta {{home}} está em uso pelo processo {{pid}} em {{host}}, desde {{since}}.',
  homeInUseAt:
    'A pasta {{home}} está em uso pelo processo {{pid}} em {{host}}, desde {{since}}, em {{url}}.',
  homeInUseByAnother: 'A pasta {{home}} está em uso por outro processo.',
  clockJump:
    'O relógio deste computador saltou tanto que não é confiável. Verifique data e hora, e retome.',
  couldNotStart: 'O Pontual não pôde iniciar.',
};
