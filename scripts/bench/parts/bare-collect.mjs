// The yardstick: pages by bare undici, JSON.parse, and an upsert of each record into sql.js. Nothing is checked,
// hashed, compared or made durable. Prints the seconds that it took.
import initSqlJs from 'sql.js';
import { Agent, request } from 'undici';

const [, , url, pages] = process.argv;
const SQL = await initSqlJs();
const database = new SQL.Database();
database.run('CREATE TABLE records (key TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID');
const upsert = database.prepare(
  'INSERT INTO records (key, data) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET data = excluded.data',
);
const dispatcher = new Agent({ connections: 1 });

const started = performance.now();
for (let page = 1; page <= Number(pages); page++) {
  const { body } = await request(`${url}?page=${page}`, { dispatcher });
  const { items } = JSON.parse(await body.text());
  database.run('BEGIN');
  for (const item of items) upsert.run([String(item.id), JSON.stringify(item)]);
  database.run('COMMIT');
}
const seconds = (performance.now() - started) / 1000;
const [{ values }] = database.exec('SELECT count(*) FROM records');
await dispatcher.close();
process.stdout.write(JSON.stringify({ seconds, records: values[0][0] }));
