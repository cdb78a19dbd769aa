// What a machine can tell about whether everybody can use a page.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from './test.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };
/** The narrowest screen without scrolling sideways (WCAG 1.4.10). */
const NARROWEST = { width: 320, height: 640 };

/** What axe finds, as it is shown now. */
async function violations(page: Page, beneath?: string): Promise<string[]> {
  const axe = new AxeBuilder({ page }).withTags(RULES).setLegacyMode(true);
  const found = await (beneath ? axe.exclude(beneath) : axe).analyze();
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}\n${node.failureSummary}`));
}

/**
 * Nothing to find in light and dark, wide and narrow, and nothing wider than a narrow screen. What lies `beneath` an open menu is
 * half covered by it, which axe takes for too small.
 */
export async function expectAccessible(page: Page, beneath?: string): Promise<void> {
  for (const size of [WIDE, NARROW]) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      // Without motion, so that no color is on its way to another.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect.soft(await violations(page, beneath), `${colorScheme}, ${size.width} px`).toEqual([]);
    }
  }
  await expectNoSidewaysScrolling(page);
}

async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  for (const size of [NARROW, NARROWEST]) {
    await page.setViewportSize(size);
    expect.soft(await wider(page), `wider than ${size.width} px`).toEqual([]);
  }
}

/** What is wider than the window. */
function wider(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('dialog[open]')]
      .filter((element) => element.scrollWidth > element.clientWidth)
      .map((element) => `${element.tagName} ${element.scrollWidth} > ${element.clientWidth}`),
  );
}

/** What can be pressed or filled in, but not be brought into the window uncovered; in the dialog or menu that is open. */
function outOfReach(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const panel = [...document.querySelectorAll('.menu-panel')].find((panel) => panel.checkVisibility());
    const scope = document.querySelector('dialog[open]') ?? panel ?? document.body;
    const controls = scope.querySelectorAll('a[href], button, input:not([type="hidden"]), select, textarea, summary');
    return [...controls]
      .filter((control) => control.checkVisibility() && !control.matches('.skip'))
      .filter((control) => {
        control.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
        const { x, y, width, height } = control.getBoundingClientRect();
        const there = document.elementFromPoint(x + width / 2, y + height / 2);
        return !there || !(control.contains(there) || there.closest('label')?.contains(control));
      })
      .map((control) => control.outerHTML.slice(0, 160));
  });
}

/** As the window is: nothing is wider than it, everything in it can be got at, and axe, where it can run, finds nothing. */
export async function expectWithinReach(page: Page, axe: 'with axe' | 'without axe'): Promise<void> {
  expect.soft(await wider(page), 'wider than the window').toEqual([]);
  expect.soft(await outOfReach(page), 'out of reach').toEqual([]);
  if (axe === 'with axe') expect.soft(await violations(page), 'found by axe').toEqual([]);
}
