import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))

/**
 * Puts theme/before-paint.js into <head> as a classic script with a hashed name. Vite bundles module scripts only,
 * and those run after the first paint; the Content-Security-Policy forbids the usual inline script.
 */
function themeBeforePaint(): Plugin {
  const source = readFileSync(join(here, 'theme/before-paint.js'), 'utf8')
  const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8)
  const built = `assets/before-paint-${hash}.js`
  let serving = false
  return {
    name: 'trunkline-theme-before-paint',
    configResolved(config) {
      serving = config.command === 'serve'
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: built, source })
    },
    transformIndexHtml: () => [
      {
        tag: 'script',
        attrs: { src: serving ? '/theme/before-paint.js' : `/${built}` },
        injectTo: 'head-prepend',
      },
    ],
  }
}

/**
 * The connect page is opened once, by end users on any phone: with Preact in React's place it is a third of the size.
 * It shares the dashboard's components, which use nothing that Preact lacks; the end-to-end tests run both.
 */
const STANDS_FOR: Record<string, string> = {
  react: 'preact/compat',
  'react-dom': 'preact/compat',
  'react-dom/client': 'preact/compat/client',
  'react/jsx-runtime': 'preact/jsx-runtime',
}

function preactForConnect(): Plugin {
  return {
    name: 'trunkline-preact-for-connect',
    enforce: 'pre',
    applyToEnvironment: ({ name }) => name === 'connect',
    resolveId(source, importer) {
      const stand = STANDS_FOR[source]
      return stand === undefined ? null : this.resolve(stand, importer, { skipSelf: true })
    },
  }
}

/** Writes .br and .gz beside every text file, so that the hub sends them as they are and compresses nothing. */
function precompress(): Plugin {
  let outDir = ''
  return {
    name: 'trunkline-precompress',
    apply: 'build',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir)
    },
    closeBundle() {
      for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|svg|html)$/.test(entry.name)) continue
        const path = join(entry.parentPath, entry.name)
        const bytes = readFileSync(path)
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
        writeFileSync(
          `${path}.br`,
          brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
        )
      }
    },
  }
}

export default defineConfig({
  root: here,
  base: '/',
  publicDir: false,
  plugins: [preactForConnect(), react(), tailwindcss(), themeBeforePaint(), precompress()],
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // data: URLs would need a wider Content-Security-Policy for anything but images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  environments: {
    client: { build: { rolldownOptions: { input: join(here, 'index.html') } } },
    connect: {
      consumer: 'client',
      build: { emptyOutDir: false, rolldownOptions: { input: join(here, 'connect.html') } },
    },
  },
  builder: {
    async buildApp(builder) {
      const { client, connect } = builder.environments
      for (const environment of [client, connect]) if (environment) await builder.build(environment)
    },
  },
  // `vite` beside a running hub: the page comes from here, everything else from the hub.
  server: {
    proxy: Object.fromEntries(
      ['/api', '/logos', '/docs', '/openapi.json'].map((path) => [
        path,
        process.env['TRUNKLINE_HUB'] ?? 'http://127.0.0.1:4400',
      ]),
    ),
  },
})
