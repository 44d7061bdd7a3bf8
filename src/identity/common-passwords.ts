/**
 * What is tried first, in lower case. A list of our own and short: the length of twelve keeps out most of what long
 * lists hold, so here stand the words and phrases that people stretch to that length.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
  password passwords passwort password1 passwordpassword mypassword mypasswordis thepassword newpassword
  changeme changemenow changethis pleasechange pleasechangeme letmein letmeinnow letmeinplease welcome welcomeback
  welcomehome iloveyou iloveyousomuch iloveyouforever administrator administration adminadmin adminadminadmin
  superadmin rootroot rootpassword supersecret topsecret verysecret secretsecret secretpassword passphrase mypassphrase
  trunkline trunklinehub trunklineadmin integration integrations integrationhub
  correcthorsebatterystaple correct-horse-battery-staple
  princess princesses sunshine sunshines football baseball basketball superman spiderman batman ironman starwars
  maytheforcebewithyou trustnoone whatever dragon dragons monkey monkeys master masters shadow michael
  jennifer jessica computer computers internet business microsoft facebook googlegoogle linkedin twitter instagram
  company companyname december november october september february january springtime summertime wintertime
  liverpool manchester barcelona realmadrid chelseafc arsenalfc
  testtesttest testpassword testing testingtesting temporary temporarypassword default defaultpassword guestguest
  demodemodemo sample samplepassword example examplepassword
  abcabcabcabc qwerty qwertyqwerty qwertyuiop qwerty123456 asdfghjkl asdfasdfasdf zxcvbnm zxcvbnmzxcvbnm
  onetwothreefour oneonetwotwo hellohello helloworld hellokitty hello123456 goodmorning
  q1w2e3r4t5y6 q1w2e3r4t5y6u7 zaq12wsxcde3 zaq1zaq1zaq1 1qaz2wsx3edc 1qazxsw23edc abcd1234abcd a1b2c3d4e5f6
  p@ssw0rdp@ssw0rd passw0rdpassw0rd
`
    .trim()
    .split(/\s+/),
)
