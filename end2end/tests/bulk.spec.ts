// One thing done to many people: select, look at the plan, confirm, see the result, take it back. With and without scripts.
import { comesToSay, row } from '../support/people.ts';
import { ADA, expect, goto, invite, join, type Locator, ORG, type Page, test } from '../support/test.ts';

const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };
const ALAN = { first: 'Alan', last: 'Turing', name: 'Alan Turing', email: 'alan@bletchley.example' };
const IDA = { first: 'Ida', last: 'Rhodes', name: 'Ida Rhodes', email: 'ida@nbs.example' };

const box = (page: Page, name: string): Locator => page.getByRole('checkbox', { name: `Select ${name}`, exact: true });
const bar = (page: Page): Locator => page.getByRole('form', { name: 'Selected people' });
const result = (page: Page, email: string): Locator => page.locator('.job-items tbody tr').filter({ hasText: email });

test.beforeEach(async ({ server, owner }) => {
  await join(server, owner.session, GRACE);
  await join(server, owner.session, ALAN);
  await invite(server, owner.session, IDA);
});

test('the bar is there while somebody is selected', async ({ page, js }) => {
  await goto(page, ORG.users);
  await expect(bar(page)).toBeHidden();
  await box(page, GRACE.name).check();
  await expect(bar(page)).toBeVisible();
  if (js) await expect(bar(page)).toContainText('1 selected');
  await expect(bar(page)).toContainText('Select all 4 that match');
  await box(page, GRACE.name).uncheck();
  await expect(bar(page)).toBeHidden();
});

test('a role is given to those who are selected, and taken back', { tag: '@function' }, async ({ page, js }) => {
  await goto(page, ORG.users);
  await box(page, ADA.name).check();
  await box(page, GRACE.name).check();
  await box(page, ALAN.name).check();
  await bar(page).getByLabel('Change to').selectOption('Viewer');
  await bar(page).getByRole('button', { name: 'Change role' }).click();

  await expect(page).toHaveURL(/\/jobs\/job_[0-9a-f]{32}$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Change role to Viewer');
  await expect(page.getByRole('status').filter({ hasText: '2 people will have the role Viewer. 1 is left out.' })).toBeVisible();
  await expect(result(page, ADA.email)).toContainText('Left out');
  await expect(result(page, ADA.email)).toContainText('You cannot do this to yourself.');
  await expect(result(page, GRACE.email)).toContainText('Will be Viewer');

  await page.getByRole('button', { name: 'Change 2 people' }).click();
  await comesToSay(page, js, '2 people have the role Viewer now. 1 is left out.');
  await expect(result(page, GRACE.email)).toContainText('Is Viewer now');
  await page.getByRole('navigation', { name: 'Results' }).getByRole('link', { name: 'Left out' }).click();
  await expect(page.locator('.job-items tbody tr')).toHaveCount(1);

  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Undo a change of roles');
  await comesToSay(page, js, '2 people have their earlier role again.');

  // Whoever has closed the page finds it again.
  await page.getByRole('navigation', { name: 'Organization' }).getByRole('link', { name: 'Bulk changes' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Bulk changes');
  const lines = page.locator('.job-line');
  await expect(lines).toHaveCount(2);
  await expect(lines.first()).toContainText('2 people have their earlier role again.');
  await expect(lines.nth(1)).toContainText(ADA.name);
  await lines.nth(1).getByRole('link', { name: 'Change role to Viewer' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Change role to Viewer');
  await goto(page, ORG.users);
  for (const person of [GRACE, ALAN]) {
    await expect(row(page, person.email).getByRole('cell', { name: 'Member', exact: true })).toBeVisible();
  }
});

test('all who match a search are selected at once, and a plan can be canceled', async ({ page }) => {
  await goto(page, `${ORG.users}?q=example`);
  await box(page, GRACE.name).check();
  await page.getByRole('checkbox', { name: /^Select all .*that match$/ }).check();
  await bar(page).getByRole('button', { name: 'Deactivate', exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: '2 people will be deactivated. 2 are left out.' })).toBeVisible();
  await expect(result(page, IDA.email)).toContainText('This is not possible while the person is in this state.');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Canceled. Nothing was changed.' })).toBeVisible();
  await goto(page, ORG.users);
  await expect(row(page, GRACE.email).getByRole('switch')).toBeChecked();
});

test.describe('with scripts', () => {
  test.beforeEach(({ js }) => test.skip(!js, 'ranges and whole pages are the matter of scripts'));

  test('a tab keeps the focus while the numbers rise', async ({ page }) => {
    await goto(page, ORG.users);
    await box(page, GRACE.name).check();
    await bar(page).getByRole('button', { name: 'Deactivate', exact: true }).click();
    const confirm = page.getByRole('button', { name: 'Deactivate 1 person' });
    await expect(confirm).toBeVisible();
    let done = 0;
    await page.route('**/api/bulk/job', async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as { job: { counts: object } };
      done += 1;
      Object.assign(json.job, { state: 'running', counts: { ...json.job.counts, would: 100, done } });
      await route.fulfill({ response, json });
    });
    await confirm.focus();
    await page.keyboard.press('Enter');
    const tab = page.getByRole('navigation', { name: 'Results' }).getByRole('link', { name: /^Done/ });
    await expect(tab).toBeVisible();
    await expect(page.getByRole('main'), 'the button that had the focus is gone').toBeFocused();
    await tab.focus();
    const before = await tab.textContent();
    await expect(tab).not.toHaveText(before!);
    await expect(tab).toBeFocused();
  });

  test('Shift reaches from the box before, and the head selects the page', async ({ page }) => {
    await goto(page, ORG.users);
    const boxes = page.locator('tbody input[name="select"]');
    await boxes.nth(0).check();
    await boxes.nth(2).click({ modifiers: ['Shift'] });
    await expect(boxes.nth(1)).toBeChecked();
    await expect(bar(page)).toContainText('3 selected');
    const all = page.getByRole('checkbox', { name: 'Select everybody on this page' });
    await all.check();
    await expect(bar(page)).toContainText('4 selected');
    await all.uncheck();
    await expect(bar(page)).toBeHidden();
  });
});
