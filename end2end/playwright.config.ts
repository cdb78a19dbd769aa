// Every test runs twice, with JavaScript and without it, in Debian's headless Chromium and against the release build.
// The tests' own fixtures start servers (ROLLCALL_BIN, ROLLCALL_SITE_ROOT), so there is no webServer here.
import { defineConfig } from '@playwright/test';

const ci = Boolean(process.env.CI);

export default defineConfig({
  testDir: 'tests',
  outputDir: 'results',
  snapshotPathTemplate: '{testDir}/../pictures/{arg}{ext}',
  reporter: [['list'], ['html', { outputFolder: 'report', open: 'never' }]],
  workers: 2,
  fullyParallel: true,
  retries: ci ? 1 : 0,
  forbidOnly: ci,
  // A machine with two cores runs two browsers and two servers at once.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: 'chromium',
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    locale: 'en-US',
    timezoneId: 'UTC',
    // Recording each test costs a fifth of its time: make e2e ARGS="… --trace on"
    trace: 'on-first-retry',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
      // No sandbox, because CI runs as root; and nothing that looks for a network beyond this machine.
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'js' },
    { name: 'no-js', use: { javaScriptEnabled: false } },
  ],
});
