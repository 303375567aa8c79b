/** Why the data cannot be written or read, and what the person can do. */
export const storeTroubles = {
  diskFull: 'The disk is full. Free some space; collection goes on by itself. ({{detail}})',
  quotaFull:
    'The disk quota is used up. Free some space; collection goes on by itself. ({{detail}})',
  diskReadOnly:
    'The disk has become read-only. Make it writable; collection goes on by itself. ({{detail}})',
  diskErrors:
    'The disk reports errors. Check it; collection goes on by itself when it works again. ({{detail}})',
  folderNotWritable:
    'The data folder may not be written. Give access to it; collection goes on by itself. ({{detail}})',
  notWritable: 'The data cannot be written. Collection goes on by itself when it can. ({{detail}})',
  noRoomForCopy: 'a copy of the data needs {{needed}} MiB, and {{free}} MiB are free on the disk.',
  fileReplaced: '{{name}} was deleted or replaced.',
  folderReplaced: 'The data folder was deleted, moved or replaced.',
  notReadBack: 'Only {{read}} of {{all}} transactions can be read back from the disk.',
  opensAgain: 'The database is being opened again after a failure. ({{detail}})',
  threadEnded: 'The thread of the database ended: {{why}}',
  beingReplaced: 'Other data is being put in place.',
  storeClosed: 'The store is closed.',
  storeFailed: 'The store failed before it stored this. Nothing of it is kept.',
  storeReadOnly: 'The store is open for reading only.',
  storeFull:
    'The data takes all of the {{budget}} MiB that it may, so nothing more is collected. Give it more room in Settings, or keep records for fewer days; collection goes on by itself.',

  // A home that cannot be trusted whole.
  nothingReadable:
    '{{why}} Nothing was changed. Put the files back where they were, or choose a backup in the recovery screen or with `pontual recover backup NAME`; without either, start with another home.',
  partReadable:
    'The data is damaged: {{why}} It can be read up to transaction {{lsn}}; schedules are paused. Nothing was changed. Choose in the recovery screen or with `pontual recover`: go on with what can be read, with the previous snapshot, or with a backup.',
  noSnapshotReads: 'Neither {{newest}} nor {{previous}} can be read: {{why}}',
  noManifest: 'There is no readable MANIFEST; the files were looked at one by one.',
  notWhatWasWritten: '{{path}} reads well, but is not what was written.',
  newestUnreadable:
    'The newest snapshot, which took the place of everything before, cannot be read.',
  notAppliedAgain: 'The transaction {{lsn}} of the journal cannot be applied again: {{why}}',
  transactionsMissing: 'The transactions {{from}} to {{to}} are missing.',
  journalAt: '{{name}}: {{why}}.',
  journalTail: '{{name}}: {{bytes}} bytes of an unfinished write were left behind.',
  journalBeginning: '{{name}} cannot be read: its beginning is damaged.',
  journalMissing: '{{name}} is missing.',
  transactionMissing: 'the transaction {{lsn}} is missing',
  transactionDamaged: 'the transaction {{lsn}} is damaged',
  endsTooEarly: 'it ends after transaction {{lsn}}, too early',
  snapshotMissing: 'The snapshot {{path}} is missing.',
  snapshotNoFile: 'The snapshot {{path}} is no file.',
  snapshotOtherTransaction: 'The snapshot {{path}} is of transaction {{found}} instead of {{lsn}}.',
  snapshotNotWritten: 'The snapshot {{path}} does not hold what was written.',
  snapshotSaysNothing: 'The snapshot {{path}} does not say what it holds.',
  snapshotSize: 'The snapshot {{path}} has {{bytes}} bytes instead of {{expected}}.',
  snapshotNoDatabase: 'The snapshot {{path}} is no SQLite database.',
  snapshotNotOurs: 'The snapshot {{path}} is no database of Pontual.',
  snapshotUnreadable: 'The snapshot {{path}} cannot be read: {{why}}.',
  snapshotDamaged: 'The snapshot {{path}} is damaged: {{why}}.',
  storeSound: 'The store is sound: there is nothing to recover.',
  previousNoHelp: 'The previous snapshot is no help: {{why}}',
  databaseNewer:
    'This data was written by a newer version of Pontual (data version {{version}}, this program knows {{known}}). Install the newer version, or start with another home.',

  // A home that cannot be used.
  homeUnusable: 'The home {{home}} cannot be used: {{why}}.',
  homeUnusableFor: 'The home {{home}} cannot be used: {{why}} ({{detail}}).',
  homeNoAccess: 'this user may not read and write there; give access, or choose another folder',
  homeReadOnly: 'the disk is read-only; make it writable, or choose another folder',
  homeDiskFull: 'the disk is full; free some space',
  homeQuotaFull: 'the disk quota is used up; free some space',
  homeDiskErrors: 'the disk reports errors; check it',
  homePartIsFile: 'a part of the path is a file; choose another folder',
  homeIsFile: 'there is a file of that name; choose another folder',
  homeNoFolder: 'no folder can be made there; choose another one',
  homeIsFolder: 'there is a folder where a file should be; move it away',
  homeLoop: 'a link in the path leads to itself; choose another folder',
  homeTooLong: 'the path is too long; choose another folder',
  homeTooManyFiles:
    'too many files are open; close other programs, or raise the limit of open files',
  homeInUse: 'The home {{home}} is in use by process {{pid}} on {{host}}, since {{since}}.',
  homeInUseAt:
    'The home {{home}} is in use by process {{pid}} on {{host}}, since {{since}}, at {{url}}.',
  homeInUseByAnother: 'The home {{home}} is in use by another process.',
  clockJump:
    'The clock of this computer jumped so far that it cannot be believed. Check date and time, then resume.',
  couldNotStart: 'Pontual could not start.',
} as const;
