import type { MethodBody } from '../../http/wire.ts'
import { connectTexts } from '../texts/connect.ts'

/** Which of a provider's ways to connect. */
export function MethodChoice({
  methods,
  value,
  onChange,
}: {
  methods: readonly MethodBody[]
  value: MethodBody['kind']
  onChange: (kind: MethodBody['kind']) => void
}) {
  return (
    <fieldset className="space-y-1.5">
      <legend className="mb-1.5 text-sm font-medium">{connectTexts.method}</legend>
      {methods.map((method) => (
        <label
          key={method.kind}
          className="flex items-center gap-2.5 rounded-md border border-line px-3 py-2 text-sm has-checked:border-accent has-checked:bg-accent-tint"
        >
          <input
            type="radio"
            name="method"
            className="size-4 accent-accent"
            checked={method.kind === value}
            onChange={() => onChange(method.kind)}
          />
          {method.label}
        </label>
      ))}
    </fieldset>
  )
}
