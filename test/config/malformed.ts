import { MALFORMED_JOBS } from "./malformed-jobs.ts";

/** A configuration file that must be refused, and where its first problem stands. */
export interface MalformedConfig {
  readonly name: string;
  readonly bytes: string | Uint8Array;
  /** From 1. */
  readonly line: number;
  /** Absent for a mistake of syntax, which is no key's. */
  readonly key?: string;
}

/** What the parser of TOML refuses. The mistake is on the line given, also where it is noticed later. */
const SYNTAX: readonly (readonly [name: string, text: string, line: number])[] = [
  ["a value that is missing", "[server]\nport =\nhost = 'x'\n", 2],
  ["a value that is missing at the end", "[server]\nport =", 2],
  ["a value that is only a comment", "[server]\nport = # 8080\n", 2],
  ["an equals sign that is missing", "[server]\nport 8080\n", 2],
  ["a key that is missing", "[server]\n= 8080\n", 2],
  ["a key alone on its line", "[server]\nport\n= 8080\n", 2],
  ["a colon for the equals sign", "[server]\nport: 8080\n", 2],
  ["a string without quotes", "[server]\nhost = localhost\n", 2],
  ["a string that is not closed", '[server]\nhost = "localhost\nport = 1\n', 2],
  ["a literal string that is not closed", "[server]\nhost = 'localhost\nport = 1\n", 2],
  ["a long string that is not closed", '[[job]]\nmessage = """\nhello\n', 4],
  ["a string closed by the other quote", "[server]\nhost = \"localhost'\n", 2],
  ["an escape that does not exist", '[web]\npublic = "C:\\pages"\n', 2],
  ["an escape of a surrogate", '[[job]]\nmessage = "\\ud800"\n', 2],
  ["an escape of no character", '[[job]]\nmessage = "\\U00110000"\n', 2],
  ["a control character in a string", '[server]\nhost = "a\u0007b"\n', 2],
  ["a control character in a comment", "# one\n# t\u0000wo\n", 2],
  ["two values on a line", "[server]\nport = 1 host = 'x'\n", 2],
  ["two strings on a line", "[server]\nhost = 'a' 'b'\n", 2],
  ["a header that is not closed", "[server\nport = 1\n", 1],
  ["a header closed once of twice", "[[job]\ncron = '* * * * *'\n", 1],
  ["a header without a name", "[server]\n[]\n", 2],
  ["a header with a dot at its end", "[topics.]\nhistory = 1\n", 1],
  ["a header with a dot at its start", "[.topics]\nhistory = 1\n", 1],
  ["a header with two dots", "[topics..chat]\nhistory = 1\n", 1],
  ["a value after a header", "[server] port = 1\n", 1],
  ["a pattern without quotes", "[topics.chat.*]\nhistory = 1\n", 1],
  ["an array that is not closed", "[server]\nhosts = ['a',\n'b'\n", 3],
  ["an array without a comma", "[server]\nhosts = ['a' 'b']\n", 2],
  ["an inline table over two lines", "server = { port = 1,\nhost = 'x' }\n", 1],
  ["an inline table with a comma at its end", "server = { port = 1, }\n", 1],
  ["an inline table that is not closed", "server = { port = 1\n", 1],
  ["a number with a zero before it", "[server]\nport = 08080\n", 2],
  ["a number with a thousands separator", "[limits]\nsubscriptions = 1,000\n", 2],
  ["a number with two underscores", "[limits]\nsubscriptions = 1__000\n", 2],
  ["a number with a unit", "[limits]\nmessage = 64KiB\n", 2],
  ["a boolean in capitals", "[[job]]\nenabled = True\n", 2],
  ["a date that does not exist", "[server]\nport = 2026-02-30\n", 2],
  ["a time that does not exist", "[server]\nport = 25:00:00\n", 2],
  ["a key defined twice", "[server]\nport = 1\nport = 2\n", 3],
  ["a key defined twice, once in quotes", '[server]\nport = 1\n"port" = 2\n', 3],
  ["a table defined twice", "[server]\nport = 1\n[log]\n[server]\nhost = 'x'\n", 4],
  ["a pattern defined twice", '[topics."a"]\n[topics.a]\n', 2],
  ["a job as one table after a list", "[[job]]\nmessage = 'x'\n[job]\n", 3],
  ["JSON", '{\n  "server": { "port": 8080 }\n}\n', 1],
  ["YAML", "server:\n  port: 8080\n", 1],
];

/** What TOML allows and the schema does not. */
const VALUES: readonly (readonly [name: string, text: string, line: number, key: string])[] = [
  ["an unknown section", "# my server\n[servr]\nport = 1\n", 2, "servr"],
  ["an unknown section of one key", "tls.cert = 'x'\n", 1, "tls"],
  ["a key outside of its section", "port = 8080\n", 1, "port"],
  ["an unknown key of a section", "[server]\n\nprot = 8080\n", 3, "server.prot"],
  ["an unknown key in an inline table", "log = { levle = 'info' }\n", 1, "log.levle"],
  ["an unknown key of a topic", "[topics.chat]\nhistroy = 1\n", 2, "topics.chat.histroy"],
  [
    "an unknown key of a job",
    "[[job]]\ncron = '* * * * *'\nmessage = 'x'\nzone = 'UTC'\n",
    4,
    "job.zone",
  ],
  ["a key named __proto__", "[server]\n__proto__ = 1\n", 2, "server.__proto__"],
  ["a section named __proto__", "[__proto__]\nport = 1\n", 1, "__proto__"],
  ["a key within __proto__", "[server]\n__proto__.port = 1\n", 2, "server.__proto__"],
  ["a section named constructor", "[constructor]\nport = 1\n", 1, "constructor"],
  ["a key of a key", "[server]\nport.number = 1\n", 2, "server.port"],
  ["a section that is a number", "server = 8080\n", 1, "server"],
  ["a section that is a list", "[[server]]\nport = 8080\n", 1, "server"],
  ["a section that is a date", "log = 2026-01-01\n", 1, "log"],
  ["a topic that is a number", "[topics]\nchat = 100\n", 2, "topics.chat"],
  ["topics as a list", "[[topics]]\nhistory = 1\n", 1, "topics"],
  ["jobs as one table", "[job]\ncron = '* * * * *'\nmessage = 'x'\n", 1, "job"],
  ["a job that is a string", "job = ['clock']\n", 1, "job"],
  ["a port in quotes", '[server]\nport = "8080"\n', 2, "server.port"],
  ["a port that is not whole", "[server]\nport = 80.5\n", 2, "server.port"],
  ["a port that is no number", "[server]\nport = nan\n", 2, "server.port"],
  ["a port that is infinite", "[server]\nport = inf\n", 2, "server.port"],
  ["a port below the range", "[server]\nport = -1\n", 2, "server.port"],
  ["a port above the range", "[server]\nport = 65_536\n", 2, "server.port"],
  ["a port above what a number holds", "[server]\nport = 99999999999999999999\n", 2, "server.port"],
  ["a host that is a number", "[server]\nhost = 127\n", 2, "server.host"],
  ["a host that is empty", '[server]\nhost = ""\n', 2, "server.host"],
  ["a host with a port", '[server]\nhost = "0.0.0.0:80"\n', 2, "server.host"],
  ["a host in brackets", '[server]\nhost = "[::1]"\n', 2, "server.host"],
  ["a host that is a URL", '[server]\nhost = "http://localhost"\n', 2, "server.host"],
  ["hosts that are one string", '[server]\nhosts = "a.example"\n', 2, "server.hosts"],
  ["a host of several", '[server]\nhosts = [\n"a.example",\n"b example"]\n', 4, "server.hosts"],
  ["a log level of another logger", '[log]\nlevel = "warning"\n', 2, "log.level"],
  ["a log level in capitals", '[log]\nlevel = "INFO"\n', 2, "log.level"],
  ["a log format that does not exist", '[log]\nformat = "xml"\n', 2, "log.format"],
  ["a store without a path", '[store]\npath = ""\n', 2, "store.path"],
  ["a store that is synced by halves", '[store]\nsync = "half"\n', 2, "store.sync"],
  ["a size without a number", '[limits]\nmessage = "KiB"\n', 2, "limits.message"],
  ["a size in an unknown unit", '[limits]\nmessage = "64 kilobytes"\n', 2, "limits.message"],
  ["a size that is not whole", '[limits]\nmessage = "1.5MiB"\n', 2, "limits.message"],
  ["a size that is negative", "[limits]\nmessage = -1\n", 2, "limits.message"],
  ["a size of nothing", "[limits]\nmessage = 0\n", 2, "limits.message"],
  ["a size past the limit", '[limits]\nmessage = "17MiB"\n', 2, "limits.message"],
  ["a size that is a boolean", "[limits]\nbuffer = true\n", 2, "limits.buffer"],
  ["a buffer that is too small", '[limits]\nbuffer = "1KiB"\n', 2, "limits.buffer"],
  ["headers that are too large", '[limits]\nheaders = "17KiB"\n', 2, "limits.headers"],
  ["a single subscription", "[limits]\nsubscriptions = 1\n", 2, "limits.subscriptions"],
  ["connections below none", "[limits]\nconnections = -1\n", 2, "limits.connections"],
  ["an auth mode that does not exist", '[auth]\nmode = "none"\n', 2, "auth.mode"],
  ["an origin with a path", '[auth]\norigins = ["https://a.example/"]\n', 2, "auth.origins"],
  ["an origin without a scheme", '[auth]\norigins = ["a.example"]\n', 2, "auth.origins"],
  ["an origin with a star", '[auth]\norigins = ["*"]\n', 2, "auth.origins"],
  ["an origin that is a number", "[auth]\norigins = [1]\n", 2, "auth.origins"],
  ["a pattern that is no name", '[topics."a b"]\nhistory = 1\n', 1, 'topics."a b"'],
  ["a pattern with ** in the middle", '[topics."a.**.b"]\nhistory = 1\n', 1, 'topics."a.**.b"'],
  ["a pattern that is empty", '[topics.""]\nhistory = 1\n', 1, 'topics.""'],
  ["a history that is negative", "[topics.chat]\nhistory = -1\n", 2, "topics.chat.history"],
  ["an age without a unit", '[topics.chat]\nage = "24"\n', 2, "topics.chat.age"],
  ["an age that is a number", "[topics.chat]\nage = 86400\n", 2, "topics.chat.age"],
  ["an age in an unknown unit", '[topics.chat]\nage = "2w"\n', 2, "topics.chat.age"],
  ["an age of nothing", '[topics.chat]\nage = "0s"\n', 2, "topics.chat.age"],
  ["bytes that are a duration", '[topics.chat]\nbytes = "24h"\n', 2, "topics.chat.bytes"],
  ["pages that do not exist", '[web]\npublic = "no-such-folder"\n', 2, "web.public"],
  ["pages that are nowhere", '[web]\npublic = ""\n', 2, "web.public"],
  ["hooks that do not exist", '[hooks]\nmodule = "none.ts"\n', 2, "hooks.module"],
  ["hooks that are nowhere", '[hooks]\nmodule = " "\n', 2, "hooks.module"],
  ["hooks that are a list", '[hooks]\nmodule = ["a.ts"]\n', 2, "hooks.module"],
  ["hooks without time", '[hooks]\ntimeout = "0s"\n', 2, "hooks.timeout"],
  ["scheduled messages below none", "[limits]\nscheduled = -1\n", 2, "limits.scheduled"],
  ["jobs below none", "[limits]\njobs = -1\n", 2, "limits.jobs"],
];

const FIRST_JOB = "[[job]]\nname = 'first'\ncron = '0 * * * * *'\nmessage = 'tick'\n";

const BYTES: readonly MalformedConfig[] = [
  {
    name: "a text that is not UTF-8",
    bytes: concat("[server]\n# ", new Uint8Array([0xd6, 0xd0]), "\n"),
    line: 2,
  },
  {
    name: "a surrogate in UTF-8",
    bytes: concat("[server]\nport = 1\n# ", new Uint8Array([0xed, 0xa0, 0x80]), "\n"),
    line: 3,
  },
  {
    name: "a character that is cut off",
    bytes: concat("[server]\n# ", new Uint8Array([0xe4, 0xb8])),
    line: 2,
  },
  {
    name: "a text in UTF-16",
    bytes: concat(new Uint8Array([0xff, 0xfe]), "[\0s\0]\0"),
    line: 1,
  },
  { name: "a byte order mark", bytes: "\uFEFF[server]\nport = 1\n", line: 1 },
  { name: "a NUL", bytes: "[server]\nport = 1\n\0", line: 3 },
  {
    name: "windows line ends before the mistake",
    bytes: "[server]\r\n\r\nport = 'x'\r\n",
    line: 3,
    key: "server.port",
  },
  {
    name: "a table within a table within a table",
    bytes: `\n[${Array(20).fill("topics").join(".")}]\n`,
    line: 2,
  },
];

function concat(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))));
}

/** Files that must be refused, for the loader and for the executable alike. */
export const malformedConfigs: readonly MalformedConfig[] = [
  ...SYNTAX.map(([name, bytes, line]) => ({ name, bytes, line })),
  ...VALUES.map(([name, bytes, line, key]) => ({ name, bytes, line, key })),
  ...MALFORMED_JOBS.map(([name, lines, line, key]) => ({
    name,
    bytes: `${FIRST_JOB}[[job]]\n${lines.join("\n")}\n`,
    line: line + FIRST_JOB.split("\n").length - 1,
    key,
  })),
  ...BYTES,
];
