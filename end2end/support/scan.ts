// What a machine can tell about whether everybody can use a page.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from './test.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };
/** The narrowest screen without scrolling sideways (WCAG 1.4.10). */
const NARROWEST = { width: 320, height: 640 };

/** What axe finds, as it is shown now. */
async function violations(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode(true).analyze();
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}\n${node.failureSummary}`));
}

/** Nothing to find in light and dark, wide and narrow, and nothing wider than a narrow screen. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const size of [WIDE, NARROW]) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect.soft(await violations(page), `${colorScheme}, ${size.width} px`).toEqual([]);
    }
  }
  await expectNoSidewaysScrolling(page);
}

async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  for (const size of [NARROW, NARROWEST]) {
    await page.setViewportSize(size);
    const wider = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('dialog[open]')]
        .filter((element) => element.scrollWidth > element.clientWidth)
        .map((element) => `${element.tagName} ${element.scrollWidth} > ${element.clientWidth}`),
    );
    expect.soft(wider, `wider than ${size.width} px`).toEqual([]);
  }
}
