import type { home as en } from '../en/home.ts';
import type { Translated } from '../keys.ts';

export const home: Translated<typeof en> = {
  title: 'Início',
  empty: {
    title: 'Ainda não há nada para coletar',
    text: 'Cadastre uma API HTTP e o Pontual a coleta na hora certa, neste computador: conferida, sem duplicatas, com histórico.',
    demo: 'Experimentar a demonstração',
    demoHint:
      'Uma pequena API dentro do aplicativo. Não precisa de rede; exclua-a depois como qualquer integração.',
  },
  demoStarted: 'A demonstração coleta a cada 30 segundos. A primeira execução começa agora.',
  facts: {
    running: 'Em execução',
    newToday: 'Novos hoje',
    changedToday: 'Alterados hoje',
    failed: 'Falhas em 24 h',
    next: 'Próxima execução',
  },
  running: {
    title: 'Em execução',
    empty: 'Nada está em execução agora.',
    progress: '{{done}} de {{total}} páginas',
    progressOpen_one: '{{count}} página',
    progressOpen_other: '{{count}} páginas',
    more_one: 'e mais {{count}}',
    more_other: 'e mais {{count}}',
    received: '{{records}} recebidos',
    label: 'Progresso de {{job}}',
  },
  next: {
    title: 'Próximas execuções',
    empty: {
      running: 'Nenhuma agenda a cumprir.',
      paused: 'Toda a agenda está pausada.',
      degraded: 'Nenhuma execução começa até que se possa gravar de novo.',
      'read-only': 'Nenhuma execução começa até que você escolha como continuar.',
      starting: 'Nenhuma execução começa ainda.',
      stopping: 'Nenhuma execução começa mais.',
    },
  },
  odd: { title: 'Vale uma olhada' },
  failures: {
    title: 'Últimas falhas',
    empty: 'Nada falhou ultimamente.',
    noMessage: 'Sem mensagem.',
  },
  jobs: {
    title: 'Tarefas',
    beats: '{{job}}, últimas execuções: {{summary}}',
    neverRan: 'Nunca executada',
    durations: 'Durações das últimas execuções: de {{from}} a {{to}}',
    columns: {
      job: 'Tarefa',
      state: 'Última execução',
      beats: 'Últimas 30 execuções',
      durations: 'Durações',
      last: 'Quando',
    },
  },
};
