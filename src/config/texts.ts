/** Every sentence that configuration says to a person, in both languages. */

import type { Lang, Text } from "../core/language.ts";

function list(values: readonly string[], lang: Lang): string {
  return values.map((value) => JSON.stringify(value)).join(lang === "zh" ? "、" : ", ");
}

export const TEXTS = {
  environment: { en: "environment", zh: "环境变量" },
  flag: { en: "command line", zh: "命令行" },

  notFound: { en: "the file does not exist", zh: "文件不存在" },
  notReadable: { en: "the file may not be read", zh: "没有权限读取该文件" },
  isFolder: { en: "this is a folder, not a file", zh: "这是文件夹，不是文件" },
  readFailed: (code: string): Text => ({
    en: `the file cannot be read (${code})`,
    zh: `无法读取该文件（${code}）`,
  }),
  tooLarge: (size: string): Text => ({
    en: `the file is larger than ${size}`,
    zh: `文件超过 ${size}`,
  }),
  notUtf8: { en: "the text is not valid UTF-8", zh: "文本不是有效的 UTF-8" },
  byteOrderMark: {
    en: "the file begins with a byte order mark; save it as UTF-8 without one",
    zh: "文件以字节顺序标记（BOM）开头；请保存为不带 BOM 的 UTF-8",
  },
  tooLong: {
    en: "a value is too long, or nested too deeply, to be read",
    zh: "值过长或嵌套过深，无法读取",
  },
  tooDeep: { en: "tables and arrays are nested too deeply", zh: "表和数组嵌套过深" },

  unknownKey: { en: "unknown key", zh: "未知的键" },
  unknownVariable: { en: "unknown variable", zh: "未知的变量" },
  didYouMean: (name: string): Text => ({
    en: `did you mean ${name}?`,
    zh: `是否想写 ${name}？`,
  }),
  required: { en: "is required", zh: "必须填写" },

  table: { en: "must be a table", zh: "必须是表" },
  jobTables: { en: "must be tables, each under [[job]]", zh: "必须是表，每个写在 [[job]] 之下" },
  text: { en: "must be a string", zh: "必须是字符串" },
  flagValue: { en: "must be true or false", zh: "必须是 true 或 false" },
  integer: (min: number, max: number): Text => ({
    en: `must be an integer from ${min} to ${max}`,
    zh: `必须是 ${min} 到 ${max} 的整数`,
  }),
  size: (min: string, max: string): Text => ({
    en: `must be a size from "${min}" to "${max}"`,
    zh: `必须是 "${min}" 到 "${max}" 的大小`,
  }),
  duration: (min: string, max: string): Text => ({
    en: `must be a duration from "${min}" to "${max}"`,
    zh: `必须是 "${min}" 到 "${max}" 的时长`,
  }),
  choice: (values: readonly string[]): Text => ({
    en: `must be one of ${list(values, "en")}`,
    zh: `必须是 ${list(values, "zh")} 之一`,
  }),
  host: {
    en: "must be a host name or an IP address, without a port",
    zh: "必须是主机名或 IP 地址，不带端口",
  },
  hosts: {
    en: "must be a list of host names or IP addresses, without ports",
    zh: "必须是主机名或 IP 地址的列表，不带端口",
  },
  origin: {
    en: 'must be an origin such as "https://example.com:8443", without a path, or "null"',
    zh: '必须是 "https://example.com:8443" 这样不带路径的来源，或 "null"',
  },
  origins: {
    en: 'must be a list of origins such as "https://example.com"',
    zh: '必须是来源的列表，例如 "https://example.com"',
  },
  storePath: {
    en: 'must be the path of a file, or ":memory:"',
    zh: '必须是文件的路径，或 ":memory:"',
  },
  publicEmpty: { en: "must be the path of a folder", zh: "必须是文件夹的路径" },
  noFolder: (path: string): Text => ({
    en: `there is no folder ${path}`,
    zh: `没有文件夹 ${path}`,
  }),
  pattern: {
    en: "is not a pattern of topics; * stands within one segment, ** for all that follow",
    zh: "不是主题模式；* 匹配一段之内，** 匹配其后全部",
  },
  topic: {
    en: "must be a topic, or an inbox such as @anna",
    zh: "必须是主题名，或 @anna 这样的收件箱",
  },
  overload: (rate: number): Text => ({
    en: `must be "queue", "latest", "latest:RATE/s" or "sample:RATE/s", with RATE an integer from 1 to ${rate}`,
    zh: `必须是 "queue"、"latest"、"latest:RATE/s" 或 "sample:RATE/s"，其中 RATE 是 1 到 ${rate} 的整数`,
  }),
  latestBy: {
    en: 'must be "from", or a JSON Pointer such as "/user/id"',
    zh: '必须是 "from"，或 "/user/id" 这样的 JSON Pointer',
  },
  latestByAlone: {
    en: 'belongs to overload = "latest" or "latest:RATE/s"',
    zh: '只用于 overload = "latest" 或 "latest:RATE/s"',
  },
  timeZone: {
    en: 'must be an IANA time zone such as "Asia/Shanghai"',
    zh: '必须是 IANA 时区，例如 "Asia/Shanghai"',
  },
  jobName: {
    en: "must be 1 to 64 letters, digits and . _ -",
    zh: "必须是 1 到 64 个字母、数字和 . _ -",
  },
  jobNameTaken: (name: string): Text => ({
    en: `another job is named ${name}`,
    zh: `已有任务名为 ${name}`,
  }),
  noSchedule: {
    en: "needs cron, every or at: when it runs",
    zh: "需要 cron、every 或 at：何时运行",
  },
  secondSchedule: (first: string): Text => ({
    en: `stands beside ${first}: a job runs by one of cron, every and at`,
    zh: `与 ${first} 同时出现：cron、every、at 只能写一个`,
  }),
  noAction: {
    en: "needs message, template, fetch, exec or module: what is to be published",
    zh: "需要 message、template、fetch、exec 或 module：要发布的内容",
  },
  secondAction: (first: string): Text => ({
    en: `stands beside ${first}: a job has one of message, template, fetch, exec and module`,
    zh: `与 ${first} 同时出现：message、template、fetch、exec、module 只能写一个`,
  }),
  foreignKey: (actions: readonly string[]): Text => ({
    en: `belongs to a job with ${actions.join(" or ")}`,
    zh: `只用于带 ${actions.join(" 或 ")} 的任务`,
  }),
  notAllowed: {
    en: "runs a program of this machine: it needs allow_exec = true beside it",
    zh: "会运行本机程序：需要同时写 allow_exec = true",
  },
  headers: {
    en: 'must be a table of strings such as { Authorization = "Bearer ${env:TOKEN}" }',
    zh: '必须是字符串的表，例如 { Authorization = "Bearer ${env:TOKEN}" }',
  },
  headerTwice: {
    en: "is there twice: capitals make no other header of it",
    zh: "重复出现：请求头名称不区分大小写",
  },
  misspeltSecret: (shown: string): Text => ({
    en: `has ${shown} in it: a secret is ${"${env:NAME}"} or ${"${file:PATH}"}`,
    zh: `含有 ${shown}：引用密钥请写 ${"${env:NAME}"} 或 ${"${file:PATH}"}`,
  }),
  argv: {
    en: 'must be a list of strings that begins with a program, such as ["date", "-u"]',
    zh: '必须是以程序名开头的字符串列表，例如 ["date", "-u"]',
  },
  variable: { en: "must be the name of a variable", zh: "必须是环境变量名" },
  variables: {
    en: 'must be a list of names of variables, such as ["PATH"]',
    zh: '必须是环境变量名的列表，例如 ["PATH"]',
  },
  modulePath: { en: "must be the path of a TypeScript file", zh: "必须是 TypeScript 文件的路径" },
  noFile: (path: string): Text => ({
    en: `there is no file ${path}`,
    zh: `没有文件 ${path}`,
  }),
  noVariable: (name: string): Text => ({
    en: `names the variable ${name}, which the environment does not have`,
    zh: `引用了环境变量 ${name}，但未设置`,
  }),
  secretFile: (path: string, reason: Text): Text => ({
    en: `names the secret file ${path}: ${reason.en}`,
    zh: `引用了密钥文件 ${path}：${reason.zh}`,
  }),
  emptyFile: { en: "there is nothing in it", zh: "文件为空" },
  bufferTooSmall: {
    en: "makes limits.buffer smaller than limits.message",
    zh: "使 limits.buffer 小于 limits.message",
  },
  softTooLarge: {
    en: "makes limits.soft larger than limits.buffer",
    zh: "使 limits.soft 大于 limits.buffer",
  },
  messageTooLarge: {
    en: "is larger than limits.message",
    zh: "超过 limits.message",
  },
} as const;

interface SyntaxText {
  readonly text: Text;
  /** The parser notices this at the next token; the mistake is at the end of what stands before. */
  readonly before?: true;
}

export const MISSING_VALUE: Text = { en: "the value is missing", zh: "缺少值" };

/** What is wrong with the file's syntax, by what toml-eslint-parser 1.0 says in English. */
export const SYNTAX_TEXTS: Readonly<Record<string, SyntaxText>> = {
  "Unterminated string constant": { text: { en: "a string is not closed", zh: "字符串没有结束" } },
  "Unterminated table-key": {
    text: { en: "the header of the table is not closed with ]", zh: "表头缺少 ]" },
    before: true,
  },
  "Unterminated array": {
    text: { en: "an array is not closed with ]", zh: "数组缺少 ]" },
    before: true,
  },
  "Unterminated inline table": {
    text: { en: "an inline table is not closed with }", zh: "内联表缺少 }" },
    before: true,
  },
  "Empty bare keys are not allowed": { text: { en: "a key is missing", zh: "缺少键" } },
  "Must be a newline": {
    text: { en: "something stands after the value", zh: "值之后有多余的内容" },
  },
  "Expected equal (=) token": { text: { en: "= is missing", zh: "缺少 =" }, before: true },
  "Unspecified values are invalid": { text: MISSING_VALUE, before: true },
  "Expected comma (,) token": { text: { en: "a comma is missing", zh: "缺少逗号" } },
  "Defining a key multiple times is invalid": {
    text: { en: "the key is defined twice", zh: "键重复定义" },
  },
  "Unexpected character": {
    text: {
      en: "this does not belong here, or needs quotes",
      zh: "此处不应出现该内容，或需要加引号",
    },
  },
  "Unexpected token": { text: { en: "this does not belong here", zh: "此处不应出现该内容" } },
  "Control characters (codes < 0x1f and 0x7f) are not allowed": {
    text: { en: "a control character is not allowed here", zh: "此处不允许控制字符" },
  },
  "The key, equals sign, and value must be on the same line": {
    text: {
      en: "a key, its = and its value, or a header, must stand on one line",
      zh: "键、= 和值（或表头）必须在同一行",
    },
    before: true,
  },
  "No newlines are allowed between the curly braces unless they are valid within a value": {
    text: { en: "an inline table must stand on one line", zh: "内联表必须在同一行" },
    before: true,
  },
  "Underscores are allowed between digits": {
    text: { en: "_ is allowed only between digits", zh: "_ 只能在数字之间" },
  },
  "Unexpected spaces": { text: { en: "a space is not allowed here", zh: "此处不允许空格" } },
  "Three or more quotes are not permitted": {
    text: { en: "three quotes in a row are not allowed here", zh: "此处不允许连续三个引号" },
  },
  "Unexpected invalid date": { text: { en: "there is no such date", zh: "没有这个日期" } },
  "Unexpected invalid time": { text: { en: "there is no such time", zh: "没有这个时刻" } },
  "Leading zeros are not allowed": {
    text: { en: "a number must not begin with 0", zh: "数字不能以 0 开头" },
  },
  "Trailing comma is not permitted in an inline table": {
    text: { en: "an inline table must not end with a comma", zh: "内联表不能以逗号结尾" },
  },
  "Invalid character in escape sequence": {
    text: {
      en: "there is no such escape; write \\\\, or use single quotes",
      zh: "没有这个转义；请写 \\\\，或用单引号",
    },
  },
  "Invalid code point": {
    text: { en: "there is no such character", zh: "没有这个字符" },
  },
  "Consecutive dots are not permitted in keys": {
    text: { en: "a key is missing between two dots", zh: "两个点之间缺少键" },
  },
  "Keys cannot end with a dot": {
    text: { en: "a key is missing after the dot", zh: "点之后缺少键" },
  },
  "Keys cannot start with a dot": {
    text: { en: "a key is missing before the dot", zh: "点之前缺少键" },
  },
};

/** Says it in the parser's own words where `SYNTAX_TEXTS` knows no better. */
export function unknownSyntax(message: string): Text {
  return { en: `TOML syntax: ${message}`, zh: `TOML 语法错误：${message}` };
}
