// The components in every state: pictures of them are kept in `pictures/gallery`, one for each section, and axe finds nothing.
// To renew them, and then look at them: make e2e ARGS="gallery --update-snapshots"
import { expectAccessible } from '../support/scan.ts';
import { expect, goto, test } from '../support/test.ts';

const GALLERY = '/dev/gallery';
/** Sections that look otherwise on a narrow screen. */
const NARROW = ['toolbar', 'rows', 'compact', 'messages', 'job'];
/** How much of a picture another release of Chromium may draw otherwise; of those that show the tokens, a few pixels. */
const tolerance = (id: string) => (['colors', 'space'].includes(id) ? { maxDiffPixels: 20 } : { maxDiffPixelRatio: 0.01 });

test.use({ holds: 'nothing', signedIn: false, contextOptions: { reducedMotion: 'reduce' } });

test('is not there unless it is asked for', async ({ page }) => {
  expect(await goto(page, GALLERY)).toBe(404);
  await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
});

test.describe('asked for', () => {
  test.use({ env: { ROLLCALL_DEV_GALLERY: 'true' } });

  for (const [colorScheme, width, some] of [
    ['light', 1280, undefined],
    ['dark', 1280, undefined],
    ['light', 390, NARROW],
  ] as const) {
    test(`looks as it did: ${colorScheme}, ${width} px`, async ({ page, js }) => {
      test.skip(js, 'it has no scripts; one run is enough');
      test.setTimeout(180_000);
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await goto(page, GALLERY);
      await page.evaluate(() => document.fonts.ready);
      const all = await page.locator('.gallery-section').evaluateAll((sections) => sections.map((section) => section.id));
      expect(all.length).toBeGreaterThan(20);
      const alone = (id: string) =>
        page.locator('.gallery-section').evaluateAll((sections, id) => {
          for (const section of sections) (section as HTMLElement).style.display = section.id === id ? '' : 'none';
        }, id);
      for (const id of some ?? all) {
        // Below others it would move by parts of a pixel when they change.
        await alone(id);
        await expect.soft(page.locator(`#${id}`)).toHaveScreenshot(['gallery', `${id}-${width}-${colorScheme}.png`], {
          animations: 'disabled',
          caret: 'hide',
          // A color one step beside another is another one.
          threshold: 0.02,
          ...tolerance(id),
        });
      }
    });
  }

  test('axe finds nothing', async ({ page, js }) => {
    test.skip(!js, 'axe is a script');
    test.setTimeout(180_000);
    await goto(page, GALLERY);
    await expectAccessible(page);
  });

  test('the theme can be chosen', async ({ page }) => {
    await goto(page, GALLERY);
    await page.getByRole('banner').getByRole('button', { name: 'Dark theme' }).click();
    await expect(page).toHaveURL(GALLERY);
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  });
});
