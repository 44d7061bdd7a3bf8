/**
 * Stands in for curl in the documentation's snippets, so that they run on machines without it: the few options that the
 * pages use, and no other. Prints the answer's body; ends with 22, as `curl --fail` does, when the answer is an error.
 */
const headers: Record<string, string> = {}
let method: string | undefined
let body: string | undefined
let url: string | undefined

const args = process.argv.slice(2)
for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
  if (arg === '-s') continue
  else if (arg === '-X') method = args.shift()
  else if (arg === '-d') body = args.shift()
  else if (arg === '-H') {
    const [name = '', ...value] = (args.shift() ?? '').split(':')
    headers[name] = value.join(':').trim()
  } else if (/^https?:/.test(arg) && url === undefined) url = arg
  else refuse(`this stand-in for curl does not know "${arg}"`)
}
if (url === undefined) refuse('there is no address')
else {
  const answer = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    redirect: 'manual',
    headers,
    ...(body === undefined ? {} : { body }),
  })
  const text = await answer.text()
  if (answer.ok) console.log(text)
  else {
    console.error(`${answer.status} ${text}`)
    process.exitCode = 22
  }
}

function refuse(reason: string): void {
  console.error(reason)
  process.exit(2)
}
