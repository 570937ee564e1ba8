import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const front = fileURLToPath(new URL('src/jizuo/ground/front', import.meta.url))

// Oldest engines we promise: see docs/guides/pages.md.
const floor = ['chrome86', 'safari14']

// Class families of the CSS kit that our pages use; everything else of its 700 kB stays out.
const families = /^\.(form-(control|select|check|check-input|check-label|label|text|hint)|is-invalid|visually-hidden)$/
const tooNew = /:has\(|:is\(|:where\(|::part|@container|@layer/
const tooNewValue = /color-mix\(|oklch\(|oklab\(|oklch%|\bdvh\b/

/** Keeps, of the CSS kit, the rules for bare elements and for the families above, in words old engines know. */
function sieve() {
  const keeps = (selector) => {
    if (tooNew.test(selector) || /\[data-|:root|:host|^body|\[dir=/.test(selector)) return false
    const classes = selector.match(/\.[a-z][\w-]*/gi) || []
    return classes.every((name) => families.test(name))
  }
  return {
    postcssPlugin: 'sieve',
    Once(root) {
      const isKit = (node) => /@tabler[\\/]core/.test(node.source?.input?.file || '')
      root.walkAtRules((rule) => {
        if (isKit(rule) && /font-face|keyframes|layer|container|supports/.test(rule.name)) rule.remove()
      })
      root.walkRules((rule) => {
        if (!isKit(rule)) return
        const kept = rule.selectors.filter(keeps)
        if (kept.length) rule.selectors = kept
        else rule.remove()
      })
      root.walkDecls((decl) => {
        if (!isKit(decl)) return
        if (tooNewValue.test(decl.value)) decl.remove()
        // Our pages run left to right only; plain sides spare old engines the flow-relative ones.
        else decl.prop = decl.prop.replace('-inline-start', '-left').replace('-inline-end', '-right')
      })
      root.walkComments((comment) => {
        if (!comment.text.startsWith('!')) comment.remove()
      })
      const sweep = (node) => {
        node.each((child) => {
          if (!child.nodes) return
          sweep(child)
          if (child.nodes.length === 0) child.remove()
        })
      }
      sweep(root)
    },
  }
}
sieve.postcss = true

export default defineConfig({
  root: front,
  base: './',
  publicDir: false,
  css: { transformer: 'postcss', postcss: { plugins: [sieve()] } },
  build: {
    outDir: '../static/dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: floor,
    cssTarget: floor,
    cssMinify: 'lightningcss',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      input: {
        main: `${front}/main.js`,
        scanner: `${front}/scanner/main.js`,
        worker: `${front}/scanner/worker.js`,
      },
      // htmx holds one eval; base.html turns it off (allowEval) and the policy forbids it.
      checks: { eval: false },
    },
  },
})
