// Finding people: columns, tabs, search, order and pages (B9–B11), all of it in the URL.
import { readFileSync } from 'node:fs';
import { emails, row } from '../support/people.ts';
import { expectAccessible } from '../support/scan.ts';
import { ADA, expect, goto, type Locator, ORG, type Page, reload, test } from '../support/test.ts';

test.use({ holds: 'people' });

const tab = (page: Page, name: string): Locator => page.getByRole('navigation', { name: 'Lists' }).getByRole('link', { name: new RegExp(`^${name}`) });
const pager = (page: Page): Locator => page.getByRole('navigation', { name: 'Pages' });
const search = (page: Page): Locator => page.getByRole('searchbox', { name: 'Search people by name or email' });
const head = (page: Page, name: string): Locator => page.getByRole('columnheader', { name });

async function countOf(tab: Locator): Promise<number> {
  return Number(/([\d,]+)$/.exec((await tab.textContent()) ?? '')?.[1]?.replaceAll(',', ''));
}

/** Types a search and sends it where nothing happens by itself. */
async function find(page: Page, text: string, js: boolean): Promise<void> {
  await search(page).fill(text);
  if (!js) await search(page).press('Enter');
  await expect.poll(() => new URL(page.url()).searchParams.get('q') ?? '').toBe(text);
}

/** The instants of the last logins on the page, and how many of the last rows have none. */
async function logins(page: Page): Promise<{ times: number[]; never: number; inOrder: boolean }> {
  const cells = await page.locator('tbody .col-login').allTextContents();
  const times = await page.locator('tbody .col-login time').evaluateAll((all) => all.map((t) => Date.parse((t as HTMLTimeElement).dateTime)));
  const firstNever = cells.findIndex((text) => text.trim() === 'Never');
  return { times, never: cells.length - times.length, inOrder: firstNever === -1 || cells.slice(firstNever).every((text) => text.trim() === 'Never') };
}

test('the columns say who somebody is, how they stand and when they came last', async ({ page }) => {
  await goto(page, ORG.users);
  await expect(page.getByRole('columnheader')).toHaveText(['Full name', 'Role', 'Status', 'Last login', 'Active', 'Actions']);
  await expect(page.locator('tbody tr')).toHaveCount(50);
  const ada = row(page, ADA.email);
  await expect(ada.getByRole('rowheader')).toContainText(ADA.name);
  await expect(ada.getByRole('cell', { name: 'Owner', exact: true })).toBeVisible();
  await expect(ada.getByRole('cell', { name: 'Active', exact: true })).toBeVisible();
  await expect(ada.getByText('You', { exact: true })).toBeVisible();
  for (const word of ['Active', 'Invited', 'Deactivated']) {
    await expect(page.locator('tbody .badge').filter({ hasText: new RegExp(`^${word}$`) }).first()).toBeVisible();
  }
});

test('each tab counts what its list holds', async ({ page }) => {
  await goto(page, ORG.users);
  for (const [name, only] of [
    ['Standard', undefined],
    ['Invitations', 'Invited'],
    ['Expired invitations', 'Expired'],
  ] as const) {
    await tab(page, name).click();
    await expect(tab(page, name)).toHaveAttribute('aria-current', 'page');
    const count = await countOf(tab(page, name));
    expect(count).toBeGreaterThan(0);
    await expect(pager(page)).toContainText(`1–${Math.min(count, 50)} of ${count}`);
    if (only) {
      await expect(page.locator('tbody tr')).toHaveCount(count);
      await expect(page.locator('tbody .badge').filter({ hasText: new RegExp(`^${only}$`) })).toHaveCount(count);
      await expect(page.getByRole('switch')).toHaveCount(0);
    }
  }
  expect((await countOf(tab(page, 'Standard'))) + (await countOf(tab(page, 'Expired invitations')))).toBe(301);
});

test('the last login is relative, exact on hover, and “Never” where there was none', async ({ page }) => {
  await goto(page, `${ORG.users}?sort=last_login&q=jacquard`);
  await expect(page.locator('tbody').getByText('Never', { exact: true }).first()).toBeVisible();
  const times = await page
    .locator('tbody .col-login time')
    .evaluateAll((all) => all.map((t) => ({ at: (t as HTMLTimeElement).dateTime, title: (t as HTMLElement).title, text: t.textContent ?? '' })));
  expect(times.length).toBeGreaterThan(5);
  for (const { at, title, text } of times) {
    const time = new Date(at);
    const month = time.toLocaleString('en-US', { month: 'short', timeZone: 'UTC' });
    expect(title).toBe(`${time.getUTCDate()} ${month} ${time.getUTCFullYear()}, ${at.slice(11, 16)} UTC`);
    expect(text.trim()).toMatch(/^(just now|yesterday|\d+ (minute|hour|day|week|month|year)s? ago)$/);
    const days = /^(\d+) days ago$/.exec(text.trim())?.[1];
    if (days) expect(Math.floor((Date.now() - time.getTime()) / 86_400_000)).toBe(Number(days));
  }
});

test.describe('searching', () => {
  test('as you type changes the list and the URL, and keeps the focus', { tag: '@function' }, async ({ page, js }) => {
    test.skip(!js, 'typing alone does nothing without scripts');
    await goto(page, ORG.users);
    await search(page).click();
    await search(page).pressSequentially('lukas', { delay: 30 });
    await expect(page).toHaveURL(`${ORG.users}?q=lukas`);
    await expect(row(page, 'lukas.baumgartner5@navy.example')).toBeVisible();
    await expect(row(page, ADA.email)).toHaveCount(0);
    await expect(search(page)).toBeFocused();
    await expect(search(page)).toHaveValue('lukas');
    await search(page).pressSequentially(' bau', { delay: 30 });
    await expect(page).toHaveURL(`${ORG.users}?q=lukas%20bau`);
    await expect(search(page)).toBeFocused();
    await expect(search(page)).toHaveValue('lukas bau');
  });

  test('drops an answer that a later one has overtaken', async ({ page, js }) => {
    test.skip(!js, 'without scripts there is one answer');
    await goto(page, ORG.users);
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/api/people/page*', async (route) => {
      if (route.request().postData()?.includes('"q":"grace"')) await held;
      await route.continue().catch(() => {});
    });
    await search(page).fill('grace');
    await expect(page).toHaveURL(`${ORG.users}?q=grace`);
    await search(page).fill('lukas');
    await expect(row(page, 'lukas.baumgartner5@navy.example')).toBeVisible();
    const shown = await emails(page);
    const late = page.waitForEvent('requestfinished', { timeout: 2_000 }).catch(() => undefined);
    release();
    await late;
    expect(await emails(page)).toEqual(shown);
    await expect(search(page)).toHaveValue('lukas');
  });

  test('finds beginnings of words in names and addresses, whatever their case and accents', async ({ page, js }) => {
    await goto(page, ORG.users);
    const lukas = row(page, 'lukas.baumgartner5@navy.example');
    for (const text of ['baumgartner', 'BAUMGÄRT', 'lukas baum', 'baum lukas navy', 'lukas.baumgartner5@navy.example']) {
      await find(page, text, js);
      await expect(lukas, text).toBeVisible();
      await expect(lukas).toContainText('Lukas Baumgärtner');
      await expect(row(page, ADA.email)).toHaveCount(0);
    }
    await find(page, 'umgartner', js);
    await expect(page.getByRole('heading', { name: 'No match' })).toBeVisible();
  });

  test('that finds nobody says so and is cleared in one click', async ({ page, js }) => {
    await goto(page, ORG.users);
    await find(page, 'zzyzx', js);
    await expect(page.getByRole('heading', { name: 'No match' })).toBeVisible();
    await expect(page.getByText('Nobody here is called “zzyzx”, or has it in their address.')).toBeVisible();
    await page.getByRole('link', { name: 'Clear search' }).click();
    await expect(page).toHaveURL(ORG.users);
    await expect(page.locator('tbody tr')).toHaveCount(50);
    await expect(search(page)).toHaveValue('');
  });

  test('marks what it found, and puts whole words before beginnings', async ({ page, js }) => {
    await goto(page, ORG.users);
    await find(page, 'an', js);
    const marks = page.locator('tbody mark');
    await expect(marks.first()).toBeVisible();
    for (const mark of await marks.allTextContents()) expect(mark.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()).toBe('an');
    const whole = await page
      .locator('tbody tr')
      .evaluateAll((rows) => rows.map((row) => /(^|[^\p{L}])an([^\p{L}]|$)/iu.test((row.querySelector('th') as HTMLElement).innerText.normalize('NFD').replace(/\p{M}/gu, ''))));
    expect(whole.indexOf(false), 'whole words come first').toBe(whole.filter(Boolean).length);
    await find(page, 'BAUMGÄRT', js);
    await expect(row(page, 'lukas.baumgartner5@navy.example').locator('mark')).toHaveText(['Baumgärt', 'baumgart']);
  });

  test('keeps to the tab and the order that were chosen', async ({ page, js }) => {
    await goto(page, `${ORG.users}?tab=invitations&sort=-name`);
    const all = await emails(page);
    const wanted = all.filter((email) => email.endsWith('@analytical.example'));
    expect(wanted.length).toBeGreaterThan(1);
    await find(page, 'analytical', js);
    await expect(tab(page, 'Invitations')).toHaveAttribute('aria-current', 'page');
    await expect(head(page, 'Full name')).toHaveAttribute('aria-sort', 'descending');
    await expect.poll(() => emails(page)).toEqual(wanted);
  });
});

test('every kind of people has its list, though nobody stands on some', async ({ page }) => {
  await goto(page, ORG.users);
  await expect(page.getByRole('navigation', { name: 'Lists' }).getByRole('link')).toHaveText([
    /^Standard296$/,
    /^Embed0$/,
    /^Email-only0$/,
    /^Support0$/,
    /^External0$/,
    /^Invitations\d+$/,
    /^Expired invitations\d+$/,
    /^Invitation requests0$/,
  ]);
  for (const [name, title] of [
    ['Embed', 'No embed users'],
    ['Email-only', 'No email-only people'],
    ['Support', 'No support staff'],
    ['External', 'No external users'],
    ['Invitation requests', 'No requests'],
  ] as const) {
    await tab(page, name).click();
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
    await expect(tab(page, name)).toHaveAttribute('aria-current', 'page');
  }
});

test.describe('filters', () => {
  const filter = (page: Page, name: string): Locator => page.getByLabel(new RegExp(`^Filter by ${name}(: \\d on)?$`));
  const chips = (page: Page): Locator => page.getByRole('list', { name: 'Filters' });

  test('narrow the list down, stand in the URL, and are taken off one by one or all at once', async ({ page }) => {
    await goto(page, ORG.users);
    await filter(page, 'role').click();
    await page.getByRole('link', { name: 'Admin', exact: true }).click();
    await expect(page).toHaveURL(`${ORG.users}?role=admin`);
    await expect(page.getByRole('cell', { name: 'Admin', exact: true })).toHaveCount(await page.locator('tbody tr').count());
    const admins = await page.locator('tbody tr').count();
    expect(admins).toBeGreaterThan(3);
    await expect(pager(page)).toContainText(`1–${admins} of ${admins}`);

    await goto(page, `${ORG.users}?role=admin,viewer&status=active`);
    await expect(chips(page).getByRole('link')).toHaveText(['Role: Admin', 'Role: Viewer', 'Status: Active', 'Clear filters']);
    const roles = new Set(await page.locator('tbody .col-role').allTextContents());
    expect([...roles].sort()).toEqual(['Admin', 'Viewer']);
    expect(new Set(await page.locator('tbody .col-status').allTextContents())).toEqual(new Set(['Active']));
    const both = await page.locator('tbody tr').count();

    await chips(page).getByRole('link', { name: 'Role: Viewer, remove filter' }).click();
    await expect(page).toHaveURL(`${ORG.users}?role=admin&status=active`);
    await expect.poll(() => page.locator('tbody tr').count()).toBeLessThan(both);
    await page.goBack();
    await expect(page.locator('tbody tr')).toHaveCount(both);
    await chips(page).getByRole('link', { name: 'Clear filters' }).click();
    await expect(page).toHaveURL(ORG.users);
    await expect(page.locator('tbody tr')).toHaveCount(50);
    await expect(chips(page)).toHaveCount(0);
  });

  test('tell who never came and who has not come for long', async ({ page }) => {
    await goto(page, `${ORG.users}?login=never`);
    await expect(page.locator('tbody .col-login').first()).toHaveText('Never');
    expect(new Set((await page.locator('tbody .col-login').allTextContents()).map((text) => text.trim()))).toEqual(new Set(['Never']));
    await goto(page, `${ORG.users}?login=90d&sort=-last_login`);
    const { times } = await logins(page);
    expect(times.length).toBeGreaterThan(3);
    for (const time of times) expect(Date.now() - time).toBeGreaterThan(90 * 86_400_000);
  });

  test('go together with a search, and say so when nobody is left', async ({ page, js }) => {
    await goto(page, `${ORG.users}?role=owner`);
    await expect(page.locator('tbody tr')).toHaveCount(1);
    await find(page, 'lukas', js);
    await expect(page.getByRole('heading', { name: 'No match' })).toBeVisible();
    await page.getByRole('link', { name: 'Clear search and filters' }).click();
    await expect(page).toHaveURL(ORG.users);
    await expect(page.locator('tbody tr')).toHaveCount(50);
  });

  test('stay open for the next choice', async ({ page, js }) => {
    test.skip(!js, 'without scripts each choice is a page');
    await goto(page, ORG.users);
    await filter(page, 'source').click();
    await page.getByRole('link', { name: 'CSV import', exact: true }).click();
    await expect(page).toHaveURL(/source=csv$/);
    await page.getByRole('link', { name: 'SCIM', exact: true }).click();
    await expect(page).toHaveURL(/source=csv(,|%2C)scim$/);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('link', { name: 'SCIM', exact: true })).toBeHidden();
  });
});

test('the list as it is narrowed down is there as a file', { tag: '@function' }, async ({ page }) => {
  await goto(page, `${ORG.users}?role=admin&q=a`);
  const shown = await emails(page);
  await page.getByLabel('Export', { exact: true }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV, for spreadsheets' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe(`${ORG.slug}-people.csv`);
  const lines = readFileSync(await file.path(), 'utf8').trimEnd().split('\r\n');
  expect(lines.slice(1).map((line) => line.split(',')[3])).toEqual(shown);
});

test('the columns and the kind of the file are chosen in a dialog', async ({ page, js }) => {
  await goto(page, `${ORG.users}?role=admin&sort=-name`);
  const shown = await emails(page);
  await page.getByLabel('Export', { exact: true }).click();
  await page.getByRole('link', { name: 'Choose columns…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export people' });
  await expect(dialog.getByRole('checkbox', { name: 'ID', exact: true })).not.toBeChecked();
  if (js) await expectAccessible(page);
  for (const column of await dialog.getByRole('checkbox').all()) await column.uncheck();
  await dialog.getByRole('checkbox', { name: 'Email' }).check();
  await dialog.getByRole('checkbox', { name: 'Role', exact: true }).check();
  for (const [button, name, read] of [
    ['JSON lines', 'people.jsonl', (text: string) => text.trimEnd().split('\n').map((line) => JSON.parse(line))],
    ['JSON', 'people.json', (text: string) => JSON.parse(text)],
    ['CSV', 'people.csv', (text: string) => text.trimEnd().split('\r\n').slice(1).map((line) => ({ email: line.split(',')[0], role: line.split(',')[1] }))],
  ] as const) {
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: button, exact: true }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`${ORG.slug}-${name}`);
    expect(read(readFileSync(await file.path(), 'utf8'))).toEqual(shown.map((email) => ({ email, role: 'Admin' })));
  }
  await dialog.getByRole('link', { name: 'Close', exact: true }).click();
  await expect(page).toHaveURL(`${ORG.users}?role=admin&sort=-name`);
  if (js) await expect(page.getByLabel('Export', { exact: true })).toBeFocused();
});

test.describe('the view', () => {
  const view = (page: Page): Locator => page.getByLabel('View', { exact: true });

  test('shows the columns that were chosen, in the order that was chosen', async ({ page }) => {
    await goto(page, `${ORG.users}?q=lukas`);
    await view(page).click();
    await page.getByRole('link', { name: 'Added', exact: true }).click();
    await expect(page).toHaveURL(/cols=role(,|%2C)status(,|%2C)last_login(,|%2C)active(,|%2C)added/);
    await expect(page.getByRole('columnheader')).toHaveText(['Full name', 'Role', 'Status', 'Last login', 'Active', 'Added', 'Actions']);

    await goto(page, `${ORG.users}?cols=source,role`);
    await expect(page.getByRole('columnheader')).toHaveText(['Full name', 'Source', 'Role', 'Actions']);
    await view(page).click();
    await page.getByRole('link', { name: 'Move Role earlier' }).click();
    await expect(page.getByRole('columnheader')).toHaveText(['Full name', 'Role', 'Source', 'Actions']);
    await reload(page);
    await expect(page.getByRole('columnheader')).toHaveText(['Full name', 'Role', 'Source', 'Actions']);
  });

  test('shows as many rows as were chosen, and pages on by as many', async ({ page }) => {
    await goto(page, `${ORG.users}?per=100`);
    await expect(page.locator('tbody tr')).toHaveCount(100);
    await pager(page).getByRole('link', { name: 'Next' }).click();
    await expect(pager(page)).toContainText('101–200 of 296');
    await goto(page, `${ORG.users}?per=200&sort=-name`);
    await expect(page.locator('tbody tr')).toHaveCount(200);
  });

  test('makes rows low', async ({ page }) => {
    await goto(page, ORG.users);
    const height = async (): Promise<number> => (await page.locator('tbody tr').first().boundingBox())!.height;
    expect(await height()).toBeGreaterThan(46);
    await view(page).click();
    await page.getByRole('link', { name: 'Compact' }).click();
    await expect(page).toHaveURL(/rows=compact/);
    await expect.poll(height).toBeLessThan(40);
  });
});

test.describe('order', () => {
  for (const [column, code] of [
    ['Role', 'role'],
    ['Status', 'status'],
    ['Added', 'added'],
    ['Source', 'source'],
  ] as const) {
    test(`by ${column} goes both ways and pages to the end`, async ({ page }) => {
      await goto(page, `${ORG.users}?cols=role,status,added,source&sort=${code}&per=200`);
      await expect(head(page, column)).toHaveAttribute('aria-sort', 'ascending');
      const values = async (): Promise<string[]> =>
        column === 'Added'
          ? page.locator('tbody .col-added time').evaluateAll((all) => all.map((t) => (t as HTMLTimeElement).dateTime))
          : page.locator(`tbody .col-${code}`).allTextContents();
      const first = await values();
      await pager(page).getByRole('link', { name: 'Next' }).click();
      await expect(pager(page)).toContainText('201–296 of 296');
      const upwards = [...first, ...(await values())];
      // By what is stored: sources are called otherwise.
      const words: Record<string, string> = { Invitation: 'invited', 'CSV import': 'csv', 'Set-up': 'setup' };
      const order = upwards.map((value) => (words[value] ?? value).toLowerCase());
      expect(order).toEqual([...order].sort());

      await head(page, column).getByRole('link').click();
      await expect(head(page, column)).toHaveAttribute('aria-sort', 'descending');
      await expect.poll(async () => (await values())[0]).toBe(upwards.at(-1));
    });
  }

  test('by name goes both ways', async ({ page }) => {
    await goto(page, `${ORG.users}?q=jacquard&sort=name`);
    await expect(head(page, 'Full name')).toHaveAttribute('aria-sort', 'ascending');
    const upwards = await emails(page);
    const names = (await page.locator('tbody .identity-name').allTextContents()).filter((name) => /^[ -~]+$/.test(name)).map((name) => name.toLowerCase());
    expect(names.length).toBeGreaterThan(3);
    expect(names).toEqual([...names].sort());

    await head(page, 'Full name').getByRole('link').click();
    await expect(page).toHaveURL(/sort=-name/);
    await expect(head(page, 'Full name')).toHaveAttribute('aria-sort', 'descending');
    await expect.poll(() => emails(page)).toEqual([...upwards].reverse());

    await head(page, 'Full name').getByRole('link').click();
    await expect(head(page, 'Full name')).toHaveAttribute('aria-sort', 'ascending');
    await expect.poll(() => emails(page)).toEqual(upwards);
  });

  test('by last login goes both ways, with “Never” at the end', async ({ page }) => {
    await goto(page, `${ORG.users}?q=jacquard`);
    await expect(head(page, 'Last login')).not.toHaveAttribute('aria-sort');
    await head(page, 'Last login').getByRole('link').click();
    await expect(head(page, 'Last login')).toHaveAttribute('aria-sort', 'descending');
    await expect(head(page, 'Full name')).not.toHaveAttribute('aria-sort');
    const latest = await logins(page);
    expect(latest.times.length).toBeGreaterThan(3);
    expect(latest.never).toBeGreaterThan(0);
    expect(latest.times).toEqual([...latest.times].sort((a, b) => b - a));
    expect(latest.inOrder).toBe(true);

    await head(page, 'Last login').getByRole('link').click();
    await expect(head(page, 'Last login')).toHaveAttribute('aria-sort', 'ascending');
    const longest = await logins(page);
    expect(longest.times).toEqual([...latest.times].reverse());
    expect(longest.inOrder).toBe(true);
  });
});

test.describe('pages', () => {
  test('lead through everybody, each once', { tag: '@function' }, async ({ page }) => {
    await goto(page, `${ORG.users}?sort=-last_login`);
    const total = await countOf(tab(page, 'Standard'));
    const seen = new Set<string>();
    for (let first = 1; first <= total; first += 50) {
      await expect(pager(page)).toContainText(`${first}–${Math.min(first + 49, total)} of ${total}`);
      for (const email of await emails(page)) {
        expect(seen, `${email} at ${first}`).not.toContain(email);
        seen.add(email);
      }
      if (first + 50 <= total) await pager(page).getByRole('link', { name: 'Next' }).click();
    }
    expect(seen.size).toBe(total);
    await expect(pager(page).getByRole('link', { name: 'Next' })).toHaveCount(0);
  });

  test('go back as they came, by “Previous” and by the browser', async ({ page }) => {
    await goto(page, ORG.users);
    const first = await emails(page);
    await expect(pager(page).getByRole('link', { name: 'Previous' })).toHaveCount(0);
    await pager(page).getByRole('link', { name: 'Next' }).click();
    await expect(pager(page)).toContainText('51–100 of');
    const second = await emails(page);
    await pager(page).getByRole('link', { name: 'Next' }).click();
    await expect(pager(page)).toContainText('101–150 of');

    await pager(page).getByRole('link', { name: 'Previous' }).click();
    await expect(pager(page)).toContainText('51–100 of');
    await expect.poll(() => emails(page)).toEqual(second);
    await pager(page).getByRole('link', { name: 'Previous' }).click();
    await expect(pager(page)).toContainText('1–50 of');
    await expect.poll(() => emails(page)).toEqual(first);

    await page.goBack();
    await expect(pager(page)).toContainText('51–100 of');
    await expect.poll(() => emails(page)).toEqual(second);
    await page.goForward();
    await expect(pager(page)).toContainText('1–50 of');
    await expect.poll(() => emails(page)).toEqual(first);
  });

  test('come again when they are reloaded or sent to somebody', async ({ page, visitor, owner }) => {
    await goto(page, `${ORG.users}?sort=-name&q=a`);
    await pager(page).getByRole('link', { name: 'Next' }).click();
    await expect(pager(page)).toContainText('51–');
    await expect(page).toHaveURL(/page=2/);
    const shown = await emails(page);
    await reload(page);
    await expect(pager(page)).toContainText('51–');
    expect(await emails(page)).toEqual(shown);
    await expect(search(page)).toHaveValue('a');

    const other = await visitor(owner.session);
    await goto(other, page.url());
    expect(await emails(other)).toEqual(shown);
  });

  test('of a mangled link still show people', async ({ page }) => {
    expect(await goto(page, `${ORG.users}?tab=none&sort=up&after=x~y&page=-3`)).toBe(200);
    await expect(page.locator('tbody tr')).toHaveCount(50);
    await expect(pager(page)).toContainText('1–50 of');
  });
});
