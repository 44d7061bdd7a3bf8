/** Cuts a text at the http(s) addresses in it; the mark that ends a sentence is no part of one. */
export function splitAddresses(text: string): { text: string; address: boolean }[] {
  return text
    .split(/(https?:\/\/[^\s()<>"]*[^\s()<>".,;:!?])/)
    .map((part, index) => ({ text: part, address: index % 2 === 1 }))
    .filter((part) => part.text !== '')
}
