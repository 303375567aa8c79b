import type { settings as en } from '../en/settings.ts';
import type { Translated } from '../keys.ts';

export const settings: Translated<typeof en> = {
  title: 'Configurações',
  saved: 'Salvo.',
  appearance: {
    title: 'Esta janela',
    language: 'Idioma',
    languages: { system: 'Como o sistema', en: 'English', 'pt-BR': 'Português (Brasil)' },
    theme: 'Tema',
    themes: { system: 'Como o sistema', light: 'Claro', dark: 'Escuro' },
  },
  startup: {
    title: 'Início e fechamento',
    startAtLogin: 'Iniciar quando eu entrar',
    startAtLoginHint: 'Começa na bandeja, sem janela.',
    closeToTray: 'Fechar a janela continua coletando',
    closeToTrayHint: 'O Pontual fica na bandeja. Saia por lá.',
    noTray:
      'Esta área de trabalho não mostra a bandeja; por isso, fechar a janela pergunta o que fazer.',
  },
  work: {
    title: 'Quanto ao mesmo tempo',
    runs: 'Execuções ao mesmo tempo',
    runsHint: 'As demais aguardam na fila.',
    queue: 'Execuções que podem aguardar',
    queueHint: 'Quando a fila está cheia, execuções devidas são puladas e isso fica registrado.',
    afterFailures: 'Pausar uma tarefa por si só após tantas falhas seguidas',
    afterConfigErrors: 'Pausar uma tarefa por si só após tantos erros de configuração seguidos',
  },
  retention: {
    title: 'Por quanto tempo se guarda',
    runsDays: 'Execuções, dias',
    runsPerJob: 'Execuções por tarefa',
    runDetailsPerJob: 'Execuções com detalhes por tarefa',
    versionsPerRecord: 'Versões por registro',
    recordsDays: 'Registros não vistos há, dias',
    recordsDaysHint: 'Vazio: para sempre.',
    quarantineDays: 'Quarentena, dias',
    logDays: 'Logs, dias',
    logBytes: 'Logs, MiB',
    budget: 'Banco de dados, MiB no máximo',
    usage: 'Em uso agora: {{bytes}} em disco, {{records}}, {{runs}}.',
  },
  places: {
    title: 'Onde tudo fica',
    home: 'Pasta',
    database: 'Banco de dados',
    logs: 'Logs',
    open: 'Mostrar {{place}} no gerenciador de arquivos',
    checkpoint: 'Gravar o arquivo do banco agora',
    checkpointHint:
      'pontual.db é um arquivo SQLite comum, sempre o ponto de verificação mais novo. Qualquer ferramenta o abre.',
    checkpointDone: 'Gravado em {{duration}}: {{bytes}}.',
  },
  secrets: {
    title: 'Segredos',
    keyIn: {
      keyring: 'Selados pelo chaveiro deste computador ({{backend}}).',
      file: 'Selados com uma chave em um arquivo da pasta do programa: quem puder ler seus arquivos poderia lê-los.',
      nowhere:
        'Este computador não tem chaveiro, por isso ainda não é possível guardar segredos. A chave pode ficar em um arquivo que só você lê.',
    },
    useFile: 'Guardar a chave em um arquivo',
    useFileHint: 'O Pontual reinicia com ela.',
    empty: 'Nenhum segredo guardado.',
    delete: 'Excluir {{name}}',
    deleted: '{{name}} foi excluído.',
    column: { name: 'Nome', origin: 'Enviado só a', updated: 'Alterado' },
  },
  about: {
    title: 'Sobre',
    version: 'Versão',
    electron: 'Electron',
    node: 'Node',
    chromium: 'Chromium',
  },
};
