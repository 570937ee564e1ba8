import { BarChart, LineChart, PieChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { SVGRenderer } from 'echarts/renderers'

use([
  BarChart,
  LineChart,
  PieChart,
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  LabelLayout,
  SVGRenderer,
])

// An option writes a colour as "@name of a token", so that one option serves both themes and paper.
function paint(value, style) {
  if (typeof value === 'string') {
    return value.startsWith('@') ? style.getPropertyValue(`--${value.slice(1)}`).trim() || value : value
  }
  if (Array.isArray(value)) return value.map((item) => paint(item, style))
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, paint(item, style)]))
  }
  return value
}

function thousands(value) {
  if (typeof value !== 'number') return value ?? '–'
  const [whole, rest] = String(value).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return rest ? `${grouped}.${rest}` : grouped
}

// How wide a word is drawn at 12 px: a Chinese letter is square, a Latin one about half of that.
function widthOf(word) {
  return [...word].reduce((sum, letter) => sum + (letter > '\u2e7f' ? 12 : 6.6), 0)
}

// Every name of an axis that leaves none out is drawn: in one line where it fits, else Chinese from top to bottom and Latin turned.
function fitNames(axis, width) {
  if (axis?.type !== 'category' || axis.axisLabel.interval !== 0) return
  const room = (width - 48) / axis.data.length
  const longest = Math.max(...axis.data.map((word) => widthOf(String(word))))
  const isLatin = axis.data.some((word) => /[a-z]{2}/i.test(word))
  if (longest + 4 <= room) return
  if (isLatin) axis.axisLabel.rotate = 90
  else Object.assign(axis.axisLabel, { formatter: (word) => [...word].join('\n'), lineHeight: 13 })
}

export function draw(block) {
  const area = block.querySelector('.chart-area')
  const option = JSON.parse(block.querySelector('script[type="application/json"]').textContent)
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  const contrast = matchMedia('(prefers-contrast: more)')
  let onPaper = false
  // ECharts would give HTML tooltips inline styles, which our policy forbids: rich text stays inside the SVG.
  const chart = init(area, null, { renderer: 'svg' })
  const show = () => {
    const style = getComputedStyle(document.documentElement)
    const full = paint(option, style)
    const font = getComputedStyle(document.body).fontFamily
    const unit = full.unit || ''
    fitNames(full.xAxis, area.clientWidth)
    delete full.unit
    full.series.forEach((series) => {
      if (series.type === 'bar' && series.label) series.label.formatter = (point) => thousands(point.value)
    })
    chart.setOption(
      {
        ...full,
        animation: !still && !onPaper,
        animationDuration: 400,
        textStyle: { fontFamily: font, color: style.getPropertyValue('--ink').trim() },
        tooltip: full.tooltip && {
          ...full.tooltip,
          renderMode: 'richText',
          valueFormatter: (value) => `${thousands(value)}${unit}`,
        },
        aria: { enabled: true, decal: { show: onPaper || contrast.matches } },
      },
      true,
    )
  }
  show()
  const again = () => show()
  document.addEventListener('themechange', again)
  contrast.addEventListener?.('change', again)
  window.addEventListener('beforeprint', () => {
    onPaper = true
    show()
    chart.resize()
  })
  window.addEventListener('afterprint', () => {
    onPaper = false
    show()
    chart.resize()
  })
  let width = area.clientWidth
  new ResizeObserver(() => {
    chart.resize()
    if (area.clientWidth !== width) show()
    width = area.clientWidth
  }).observe(area)
  chart.on('click', (event) => {
    const address = event.data?.href
    if (address && new URL(address, location.href).origin === location.origin) location.assign(address)
  })
}
