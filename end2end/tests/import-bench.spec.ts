// What an import costs, on both engines: a table into the file that BENCH_IMPORTS names, for `make bench`.
import { appendFileSync, writeFileSync } from 'node:fs';
import { begin, expect, goto, ORG, test } from '../support/test.ts';

const table = process.env.BENCH_IMPORTS ?? '';
const PREVIEWED = 10_000;
const IMPORTED = 5_000;

const file = (rows: number, domain: string): string =>
  ['Full Name,Email,Role', ...Array.from({ length: rows }, (_, n) => `Person Number${n},p${n}@${domain}.example,Member`)].join('\n');

/** Notes in the page when a file was chosen, when a button appears that offers to check it, and the longest task between. */
const WATCH = `
  globalThis.watched = { chosen: 0, shown: 0, longest: 0 };
  addEventListener('change', () => { watched.chosen = performance.now(); }, true);
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) if (watched.chosen && task.startTime + task.duration > watched.chosen) watched.longest = Math.max(watched.longest, task.duration);
  }).observe({ type: 'longtask' });
  new MutationObserver(() => {
    if (watched.chosen && !watched.shown && /Check [\\d,]+ rows/.test(document.body.innerText)) requestAnimationFrame(() => { watched.shown ||= performance.now(); });
  }).observe(document, { childList: true, subtree: true, characterData: true });
`;

if (table) {
  test.describe('an import', { tag: '@bench' }, () => {
    test.describe.configure({ mode: 'serial', retries: 0, timeout: 300_000 });

    test.beforeAll(() => {
      const head = ['database', `preview of ${PREVIEWED} rows in the browser, ms`, 'longest task, ms', `${IMPORTED} rows checked, s`, 'rows invited/s'];
      writeFileSync(table, `| ${head.join(' | ')} |\n|---|${'---:|'.repeat(head.length - 1)}\n`);
    });

    for (const engine of ['SQLite', 'PostgreSQL'] as const) {
      test.describe(`on ${engine}`, () => {
        test.use({ engine, holds: 'nothing' });

        test('is previewed and run', async ({ page, server }) => {
          const session = await begin(page, server);
          await page.addInitScript(WATCH);
          await goto(page, `/o/${ORG.slug}/import`);
          await page.getByLabel('CSV file').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(file(PREVIEWED, 'preview')) });
          await expect(page.getByRole('button', { name: 'Check 10,000 rows' })).toBeVisible({ timeout: 60_000 });
          await page.waitForTimeout(500);
          const watched = await page.evaluate('watched') as { chosen: number; shown: number; longest: number };

          interface Answer { next: string; job: { state: string; counts: { done: number } } }
          const answer = async (path: string, form: Record<string, string>) => (await server.call<Answer>(path, { org: ORG.slug, ...form }, session)).data;
          const text = Buffer.from(file(IMPORTED, 'import')).toString('base64url');
          const began = performance.now();
          const id = (await answer('imports/start', { file: text, file_name: 'people.csv' })).next.split('/').at(-1) ?? '';
          const until = async (state: string) => {
            await expect.poll(async () => (await answer('bulk/job', { id })).job.state, { intervals: [50], timeout: 120_000 }).toBe(state);
            return performance.now();
          };
          const checked = await until('planned');
          await answer('bulk/confirm', { id });
          const confirmed = performance.now();
          const done = await until('done');
          expect((await answer('bulk/job', { id })).job.counts.done).toBe(IMPORTED);
          const cells = [
            engine,
            (watched.shown - watched.chosen).toFixed(0),
            watched.longest.toFixed(0),
            ((checked - began) / 1000).toFixed(1),
            ((IMPORTED / (done - confirmed)) * 1000).toFixed(0),
          ];
          appendFileSync(table, `| ${cells.join(' | ')} |\n`);
        });
      });
    }
  });
}
