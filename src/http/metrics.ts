import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = {
  request(method: string, route: string, status: number, seconds: number): void
  refresh(outcome: string): void
  tokenRead(): void
  render(): Promise<{ type: string; text: string }>
}

/** Labels are few and bounded: no ids, no paths, nothing of a person. */
export function createMetrics(
  readStatuses: () => Promise<{ status: string; count: string | number }[]>,
): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'trunkline_' })
  const requests = new Histogram({
    name: 'trunkline_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  })
  const refreshes = new Counter({
    name: 'trunkline_refresh_total',
    help: 'Refresh attempts by outcome',
    labelNames: ['outcome'],
    registers: [registry],
  })
  const reads = new Counter({
    name: 'trunkline_token_reads_total',
    help: 'Access tokens handed out',
    registers: [registry],
  })
  new Gauge({
    name: 'trunkline_connections',
    help: 'Live connections by status',
    labelNames: ['status'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const { status, count } of await readStatuses()) this.set({ status }, Number(count))
    },
  })
  // Looking a labelled child up costs more than counting; there are as many as routes.
  const children = new Map<string, ReturnType<typeof requests.labels>>()
  return {
    request(method, route, status, seconds) {
      const key = `${method} ${route} ${status}`
      let child = children.get(key)
      if (!child) {
        child = requests.labels(method, route, `${Math.floor(status / 100)}xx`)
        children.set(key, child)
      }
      child.observe(seconds)
    },
    refresh: (outcome) => refreshes.inc({ outcome }),
    tokenRead: () => reads.inc(),
    render: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  }
}
