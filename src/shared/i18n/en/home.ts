export const home = {
  title: 'Home',
  empty: {
    title: 'Nothing to collect yet',
    text: 'Register an HTTP API and Pontual collects it on time, on this computer: checked, without duplicates, with its history.',
    demo: 'Try the demo',
    demoHint:
      'A small API inside the app. It needs no network; delete it later like any integration.',
  },
  demoStarted: 'The demo collects every 30 seconds. Its first run starts now.',
  facts: {
    running: 'Running now',
    newToday: 'New today',
    changedToday: 'Changed today',
    failed: 'Failed in 24 h',
    next: 'Next run',
  },
  running: {
    title: 'Running now',
    empty: 'Nothing runs at the moment.',
    progress: '{{done}} of {{total}} pages',
    progressOpen_one: '{{count}} page',
    progressOpen_other: '{{count}} pages',
    more_one: 'and {{count}} more',
    more_other: 'and {{count}} more',
    received: '{{records}} received',
    label: 'Progress of {{job}}',
  },
  next: {
    title: 'Next runs',
    empty: {
      running: 'No schedule is due.',
      paused: 'All schedules are paused.',
      degraded: 'No run starts until data can be saved again.',
      'read-only': 'No run starts until you choose how to go on.',
      starting: 'No run starts yet.',
      stopping: 'No run starts any more.',
    },
  },
  odd: { title: 'Worth a look' },
  failures: {
    title: 'Last failures',
    empty: 'Nothing failed lately.',
    noMessage: 'Without a message.',
  },
  jobs: {
    title: 'Jobs',
    beats: '{{job}}, last runs: {{summary}}',
    neverRan: 'Never ran',
    durations: 'Durations of the last runs: {{from}} to {{to}}',
    columns: {
      job: 'Job',
      state: 'Last run',
      beats: 'Last 30 runs',
      durations: 'Durations',
      last: 'When',
    },
  },
} as const;
