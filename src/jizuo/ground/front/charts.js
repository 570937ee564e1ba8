// ECharts is its own chunk, fetched only by a page that holds a chart.
export function bringUpCharts(root) {
  const blocks = [...(root.querySelectorAll?.('[data-chart]') || [])].filter((block) => !block.dataset.drawn)
  if (!blocks.length) return
  blocks.forEach((block) => {
    block.dataset.drawn = 'yes'
  })
  import('./draw.js').then(({ draw }) => blocks.forEach(draw))
}
