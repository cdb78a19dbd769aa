// Explaining access (N6): why somebody may do something, now and at the end of a past day, and who can. With and without scripts.
import { expectAccessible } from '../support/scan.ts';
import { alive, arrive, expect, goto, join, ORG, type Page, test } from '../support/test.ts';

const GRACE = { first: 'Grace', last: 'Hopper', name: 'Grace Hopper', email: 'grace@navy.example' };
const ROLES = `/o/${ORG.slug}/roles`;

const why = (page: Page) => page.getByRole('region', { name: 'Explain access' });
const reasons = (page: Page) => why(page).getByRole('list', { name: 'Why' });

test.beforeEach(async ({ server, owner }) => {
  await join(server, owner.session, GRACE);
});

/** Arrives at somebody's profile from the list. */
async function profile(page: Page): Promise<void> {
  await goto(page, ORG.users);
  await page.getByRole('link', { name: GRACE.name }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(GRACE.name);
}

/** Asks on a profile. */
async function explain(page: Page, what: string, on = ''): Promise<void> {
  await why(page).getByLabel('Why can they, or can they not').selectOption(what);
  await why(page).getByLabel('At the end of').fill(on);
  await why(page).getByRole('button', { name: 'Explain' }).click();
  await arrive(page, /why=/);
}

test('a profile explains what somebody may do, now and on a day before', async ({ page }) => {
  await profile(page);
  await explain(page, 'Invite people');
  await expect(why(page)).toContainText('Grace Hopper cannot: Invite people.');
  await expect(reasons(page)).toContainText('Member does not give it – own role.');
  await expect(reasons(page)).toContainText('Roles that give it: Owner, Admin.');
  await explain(page, 'Use all features');
  await expect(why(page)).toContainText('Grace Hopper can: Use all features.');
  await expect(why(page).getByLabel('Why can they, or can they not')).toHaveValue('use_features');
  await explain(page, 'Use all features', '2020-02-29');
  await expect(why(page)).toContainText('They were not here yet at the end of that day.');
  await expect(why(page).getByLabel('At the end of')).toHaveValue('2020-02-29');
});

test('the table of roles leads to who can, and from there to why', async ({ page }) => {
  await goto(page, ROLES);
  await page.getByRole('link', { name: 'Invite people' }).click();
  await arrive(page, /access\?can=invite_people/);
  await expect(page.getByText('1 person can.')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Who can' })).toContainText('by the own role: Owner');
  await page.getByLabel('What').selectOption('See content');
  await page.getByRole('button', { name: 'Show who can' }).click();
  await expect(page.getByText('2 people can.')).toBeVisible();
  await page.getByRole('link', { name: `Why can ${GRACE.name}?` }).click();
  await arrive(page, /why=view_content#why$/);
  await expect(why(page)).toContainText('Grace Hopper can: See content.');
});

test('axe finds nothing where access is explained', async ({ page, js }) => {
  test.skip(!js, 'axe is a script');
  await profile(page);
  await explain(page, 'Invite people');
  await alive(page);
  await expectAccessible(page);
  await explain(page, 'Invite people', '2020-02-29');
  await alive(page);
  await expectAccessible(page);
  for (const path of [`/o/${ORG.slug}/access`, `/o/${ORG.slug}/access?can=view_content`]) {
    await goto(page, path);
    await alive(page);
    await expectAccessible(page);
  }
});
