import { describe, expect, it } from 'vitest'
import { describePlot } from './describe-plot.ts'
import { at, point, socket, plot, every } from './testing/sockets.ts'

describe('describePlot', () => {
  it('describes the chart', () => {
    const described = describePlot(
      plot(
        [socket('1:100', [point(0, 12_264, 8176), ...every(1, 1, 10), ...every(1, 30, 59)])],
        [{ at: at(20), daemon: 'radvd' }],
      ),
    )
    expect(described.replaceAll('\u00a0', ' ')).toBe(
      '616 B of 20,480 B used at the last measurement; 56 B by stale memberships; maximum 20,440 B; 1 restart; 1 gap without a report.',
    )
  })

  it('does not show an unmeasured figure as zero', () => {
    expect(describePlot(plot([socket('1:100', [point(0, null, null)])]))).toBe(
      'Option memory was not measured in this range.',
    )
  })
})
