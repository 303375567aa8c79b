import type { storage as en } from '../en/storage.ts';
import type { Translated } from '../keys.ts';

export const storage: Translated<typeof en> = {
  title: 'Armazenamento',
  used: '{{used}} de {{budget}} em uso',
  usedLabel: 'Espaço usado do limite',
  figures: '{{records}}, {{runs}}. Em disco: {{snapshot}} e um diário de {{journal}}.',
  free: '{{bytes}} disso estão livres de novo e são devolvidos aos poucos.',
  compact: 'Compactar agora',
  compactDone: 'Compactado em {{duration}}: {{bytes}}.',
  integrations: {
    label: 'Espaço por integração',
    name: 'Integração',
    records: 'Registros',
    quarantined: 'Quarentena',
    bytes: 'Tamanho aproximado',
  },
  backups: {
    title: 'Cópias de segurança',
    hint: 'Uma é gravada e conferida por dia; as últimas sete são mantidas. Cada uma é um arquivo SQLite completo na pasta backups.',
    label: 'Cópias de segurança',
    empty: 'Ainda não há cópia de segurança.',
    now: 'Fazer cópia agora',
    done: 'Cópia gravada e conferida: {{bytes}}.',
    restore: 'Restaurar a cópia de {{at}}',
    restoreShort: 'Restaurar…',
    reason: {
      daily: 'Diária',
      manual: 'À mão',
      'before-restore': 'Antes de restaurar',
      'before-migration': 'Antes de atualizar',
    },
  },
  restore: {
    title: 'Restaurar esta cópia?',
    text: 'Tudo volta a ser como era {{at}}. Antes, faz-se uma cópia do que existe agora. O Pontual reinicia.',
    confirm: 'Digite “{{word}}” para continuar',
    word: 'restaurar',
    action: 'Restaurar',
    done: 'Restaurado. O Pontual reinicia.',
  },
  recover: {
    open: 'Escolher como continuar…',
    title: 'Como o Pontual deve continuar?',
    text: 'Os arquivos danificados são guardados, seja qual for a escolha. Até lá nada é coletado e nada é alterado.',
    choice: 'Continuar com',
    prefix: 'O que se pode ler agora: tudo o que foi gravado antes do dano',
    previous: 'O penúltimo ponto de verificação: mais antigo, e o que veio depois é posto de lado',
    backup: 'Uma cópia de segurança',
    which: 'Qual cópia',
    nothing: 'Nenhum dos dois snapshots pode ser lido, portanto só uma cópia de segurança ajuda.',
    noBackup:
      'Nenhum dos dois snapshots pode ser lido, e não há cópia de segurança. Coloque os arquivos de volta no lugar, ou inicie o Pontual com outra pasta.',
    found: 'O que foi encontrado',
    action: 'Continuar',
    done: 'O Pontual reinicia.',
  },
};
