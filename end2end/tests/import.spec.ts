// People from a CSV file (B27, B28): the template, the file as it is read, what its columns hold, the plan, the run, the
// report and the way back. With scripts the file is read in the browser; without them it is uploaded.
import { readFile } from 'node:fs/promises';
import { comesToSay, expectRefused, row } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { ADA, expect, goto, join, type Locator, ORG, type Page, test } from '../support/test.ts';

const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };
const IMPORT = '/o/analytical-engines/import';

const FILE = `Full Name;Email;Role
Jörg Müller;joerg@x.example;Admin
Zoë Łem;nobody;Member
${GRACE.name};${GRACE.email};Viewer
Jörg again;JOERG@x.example;
Grace Hopper;grace.hopper@example.com;Member
`;

const choose = (page: Page, text: string | Buffer, name = 'people.csv') =>
  page.getByLabel('CSV file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
const result = (page: Page, text: string): Locator => page.locator('.job-items tbody tr').filter({ hasText: text });
const says = (page: Page, text: string): Locator => page.getByRole('status').filter({ hasText: text });

/** Chooses a file and has it checked, as the browser makes that. */
async function check(page: Page, js: boolean, text: string | Buffer): Promise<void> {
  await goto(page, IMPORT);
  await choose(page, text);
  await page.getByRole('button', { name: js ? /^Check \d+ rows?$/ : 'Check this file' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Import people');
  await expect(page).toHaveURL(/\/jobs\/job_[0-9a-f]{32}$/);
}

test('a file goes all the way, and the same once more changes nothing', { tag: '@function' }, async ({ page, server, owner, js }) => {
  test.setTimeout(90_000);
  await join(server, owner.session, GRACE);
  await goto(page, ORG.users);
  await page.getByLabel('More ways to add people').click();
  await page.getByRole('link', { name: 'Import CSV file' }).click();
  await expect(page).toHaveURL(IMPORT);
  await check(page, js, FILE);

  await expect(says(page, '2 people will be invited or updated. 2 are left out. 1 row has an error.')).toBeVisible();
  await expect(result(page, 'joerg@x.example').first()).toContainText('Will be invited');
  await expect(result(page, GRACE.email)).toContainText('Role Member → Viewer');
  await expect(result(page, 'Zoë Łem')).toContainText('This is not a valid email address.');
  await expect(result(page, 'Row 1 has this address already.')).toBeVisible();
  await expect(result(page, 'This is the example row of the template.')).toBeVisible();
  if (js) await expectAccessible(page);

  // The row that is wrong is mended in its place.
  await page.getByRole('link', { name: 'Edit row 2' }).click();
  await expect(page.getByRole('textbox', { name: 'Email' })).toHaveValue('nobody');
  await page.getByRole('textbox', { name: 'Email' }).fill('zoe@x.example');
  if (js) await expectAccessible(page);
  await page.getByRole('button', { name: 'Save row' }).click();
  await expect(says(page, '3 people will be invited or updated. 2 are left out.')).toBeVisible();

  await page.getByRole('button', { name: 'Import 3 people' }).click();
  await comesToSay(page, js, '3 people were invited or updated. 2 are left out.');
  const [report] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download report' }).click()]);
  const lines = (await readFile(await report.path(), 'utf8')).split('\r\n');
  expect(lines[1]).toBe('1,Jörg Müller,joerg@x.example,Invited,');
  expect(lines[4]).toBe('4,Jörg again,joerg@x.example,Left out,Row 1 has this address already.');

  await goto(page, ORG.users);
  await expect(row(page, 'joerg@x.example')).toContainText('Admin');
  await expect(row(page, GRACE.email)).toContainText('Viewer');

  await check(page, js, FILE.replace('nobody', 'zoe@x.example'));
  await expect(says(page, 'There is nothing to do.')).toBeVisible();

  // What the first one invited is taken back by it.
  await goto(page, '/o/analytical-engines/jobs');
  await page.getByRole('link', { name: 'Import people' }).last().click();
  await page.getByRole('button', { name: 'Undo: revoke what is still open' }).click();
  await comesToSay(page, js, '2 invitations were revoked.');
  await goto(page, ORG.users);
  await expect(row(page, 'joerg@x.example')).toHaveCount(0);
  await expect(row(page, GRACE.email)).toBeVisible();
});

test('the template is a file that an import reads', async ({ page, js }) => {
  await goto(page, IMPORT);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download template' }).click()]);
  expect(file.suggestedFilename()).toBe('people-template.csv');
  const text = await readFile(await file.path());
  await choose(page, text);
  if (js) {
    await expect(page.getByRole('button', { name: 'Check 0 rows' })).toBeDisabled();
    await expect(page.getByText('No row can be imported yet. 1 is left aside.')).toBeVisible();
  } else {
    await page.getByRole('button', { name: 'Check this file' }).click();
    await expect(says(page, 'There is nothing to do. 1 is left out.')).toBeVisible();
  }
});

test('columns that nobody can guess are told', async ({ page, js }) => {
  const text = 'Wer,Kontakt\nGrace Hopper,grace(at)navy.example\nAlan Turing,alan@x.example\nBob,-\n';
  if (js) {
    await goto(page, IMPORT);
    await choose(page, text);
    await expect(page.getByText('No row can be imported yet. 3 have to be mended.')).toBeVisible();
  } else {
    await check(page, js, text);
  }
  await page.getByLabel('Wer').selectOption('Full Name');
  await page.getByLabel('Kontakt').selectOption('Email');
  if (js) {
    await expect(page.getByText('1 row can be imported. 2 have to be mended.')).toBeVisible();
    await page.getByRole('button', { name: 'Check 1 row' }).click();
  } else {
    await page.getByRole('button', { name: 'Check again' }).click();
  }
  await expect(says(page, '1 person will be invited or updated. 2 rows have errors.')).toBeVisible();
  await expect(result(page, 'alan@x.example')).toContainText('Alan Turing');
});

test('what is no such file is refused beside the field', async ({ page, js }) => {
  await goto(page, IMPORT);
  for (const [text, why] of [
    ['Email\n', /This file has a heading and no rows below it\./],
    ['PK\x03\x04', /This is a spreadsheet, not a CSV file\. Choose “Save as” there, then “CSV”\./],
  ] as const) {
    await choose(page, text);
    if (!js) await page.getByRole('button', { name: 'Check this file' }).click();
    await expectRefused(page.getByLabel('CSV file'), why);
  }
  if (js) await expectAccessible(page);
});

test('whoever may not invite is refused', async ({ server, owner, visitor }) => {
  const page = await visitor((await join(server, owner.session, GRACE)).session);
  await goto(page, IMPORT);
  await expect(page.getByRole('heading', { name: 'Import people' })).toHaveCount(0);
  await expect(page.getByText('Your role does not allow this. Ask an admin of your organization.')).toBeVisible();
});

test.describe('read in the browser', () => {
  test.beforeEach(({ js }) => test.skip(!js, 'needs scripts'));

  test('rows are mended in place before anything is sent', async ({ page }) => {
    await goto(page, IMPORT);
    const sent: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
    await choose(page, FILE);
    await expect(page.getByRole('heading', { name: 'people.csv' })).toBeFocused();
    await expect(page.getByText('5 rows, UTF-8, separated by semicolons. Nothing has been sent yet.')).toBeVisible();
    const wrong = page.getByRole('textbox', { name: 'Email of row 2' });
    await expectRefused(wrong, /This is not a valid email address/);
    await expectAccessible(page);
    await wrong.fill('zoe@x.example');
    await wrong.blur();
    await expect(wrong).not.toHaveAttribute('aria-invalid');
    await expect(page.getByText('3 rows can be imported. 2 are left aside.')).toBeVisible();
    await page.getByRole('button', { name: 'All rows' }).click();
    await expect(page.locator('.import-rows tbody tr')).toHaveCount(5);
    await expect(page.getByRole('row').filter({ hasText: 'Row 1 has this address already.' })).toBeVisible();
    expect(sent).toEqual([]);
    await page.getByRole('button', { name: 'Check 3 rows' }).click();
    await expect(says(page, '3 people will be invited or updated. 2 are left out.')).toBeVisible();
  });

  test('ten thousand rows are read, page by page', async ({ page }) => {
    await goto(page, IMPORT);
    const rows = Array.from({ length: 10_000 }, (_, n) => `Person ${n},p${n}@x.example,Member\n`);
    await choose(page, `Full Name,Email,Role\n${rows.join('')}`);
    await expect(page.getByRole('button', { name: 'Check 10,000 rows' })).toBeVisible();
    await expect(page.locator('.import-rows tbody tr')).toHaveCount(50);
    await page.getByRole('button', { name: 'Next' }).click();
    await expect(page.getByRole('textbox', { name: 'Email of row 51', exact: true })).toHaveValue('p50@x.example');
    await page.getByRole('button', { name: 'Choose another file' }).click();
    await expect(page.getByLabel('CSV file')).toBeFocused();
  });

  test('a file is dropped', async ({ page }) => {
    await goto(page, IMPORT);
    const data = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(['Email\ngrace@navy.example\n'], 'dropped.csv', { type: 'text/csv' }));
      return data;
    });
    await page.locator('.import-choose').dispatchEvent('drop', { dataTransfer: data });
    await expect(page.getByRole('heading', { name: 'dropped.csv' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Check 1 row' })).toBeVisible();
  });
});

test('nobody is there twice', async ({ page, js }) => {
  await check(page, js, `Email,Name\n${ADA.email},\n`);
  await expect(says(page, 'There is nothing to do.')).toBeVisible();
  await expect(result(page, ADA.email)).toContainText('Unchanged');
});
