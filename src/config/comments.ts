import type { Text } from "../core/language.ts";

/** The comments of `config init`, by section. */
export const SECTION_COMMENTS = {
  top: {
    en: "Bellcast's configuration. Every key stands here with its default: keep what you change. While this file is in use, a page opened from disk may not connect.",
    zh: "Bellcast 的配置。下面列出了每个键及其默认值：只需保留要改的。使用本文件时，从磁盘打开的网页不能连接。",
  },
  server: { en: "Where the server listens.", zh: "服务器监听的位置。" },
  log: { en: "What is logged, to standard error.", zh: "写到标准错误的日志。" },
  store: { en: "Where retained messages are kept.", zh: "保留的消息存放在哪里。" },
  limits: { en: "Limits of a client.", zh: "对客户端的限制。" },
  auth: { en: "Who may connect.", zh: "谁可以连接。" },
  web: { en: "The pages.", zh: "网页。" },
  hooks: {
    en: "A TypeScript file that is asked about connections and messages.",
    zh: "用于检查连接和消息的 TypeScript 文件。",
  },
  topics: {
    en: 'How much is kept, by pattern of topics; the most specific wins. "@**" is every inbox.',
    zh: '按主题模式设定保留多少；最具体的模式优先。"@**" 是全部收件箱。',
  },
  job: {
    en: "What is published on a schedule; one table a job.",
    zh: "定时发布的任务；每个一张表。",
  },
} as const satisfies Record<string, Text>;

/** By key. */
export const KEY_COMMENTS = {
  "server.host": {
    en: "The address to listen on; 0.0.0.0 is every network.",
    zh: "监听的地址；0.0.0.0 表示所有网络。",
  },
  "server.port": { en: "0 takes any free port.", zh: "0 表示任意空闲端口。" },
  "server.hosts": {
    en: "Names that the server answers to, beside its addresses, localhost and its own name.",
    zh: "除 IP 地址、localhost 和本机名之外，服务器接受的主机名。",
  },
  "log.level": {
    en: "debug, info, warn, error or silent.",
    zh: "debug、info、warn、error 或 silent。",
  },
  "log.format": {
    en: "pretty, json or logfmt; auto is pretty on a terminal.",
    zh: "pretty、json 或 logfmt；auto 在终端上为 pretty。",
  },
  "store.path": {
    en: 'A file, from the working directory; ":memory:" forgets everything at a restart.',
    zh: '文件，相对于工作目录；":memory:" 在重启后不保留任何消息。',
  },
  "store.sync": {
    en: "full: what is acknowledged survives a power cut; normal: faster, survives a crash only.",
    zh: "full：已确认的消息断电不丢；normal：更快，但只能承受进程崩溃。",
  },
  "store.keys": {
    en: "The most idempotency keys that are remembered.",
    zh: "最多记住多少个幂等键。",
  },
  "store.key_age": {
    en: "How long an idempotency key is remembered.",
    zh: "幂等键记住多久。",
  },
  "limits.message": { en: "A message, and a request body.", zh: "一条消息，也是请求体的上限。" },
  "limits.headers": { en: "The headers of a request.", zh: "一个请求的头部。" },
  "limits.subscriptions": {
    en: "Topics of a session; all and the inbox count.",
    zh: "一个会话的主题数；all 和收件箱也计入。",
  },
  "limits.scheduled": {
    en: "Messages that may wait for their time.",
    zh: "等待定时发布的消息数。",
  },
  "limits.jobs": {
    en: "Jobs that may be made while the server runs.",
    zh: "运行期间可创建的任务数。",
  },
  "limits.soft": {
    en: "What may wait for a slow reader before it is sent no more than it reads.",
    zh: "慢速客户端可积压的数据，超过后按其读取速度补发。",
  },
  "limits.buffer": {
    en: "What may wait for a slow reader before it is disconnected.",
    zh: "慢速客户端可积压的数据，超过即断开。",
  },
  "limits.stall": {
    en: "How long a slow reader may read nothing before it is disconnected.",
    zh: "慢速客户端多久不读取即断开。",
  },
  "limits.silence": {
    en: "How long a client may not be heard before it is given up.",
    zh: "多久没有客户端的动静即视为失联。",
  },
  "limits.connections": {
    en: "0: as many as the descriptor limit allows, less a reserve.",
    zh: "0 表示由文件描述符上限决定，并留有余量。",
  },
  "auth.mode": {
    en: "auto serves this machine only; open serves whoever reaches the port.",
    zh: "auto 只服务本机；open 服务所有能访问端口的人。",
  },
  "auth.origins": {
    en: 'Origins of other sites whose pages may connect, such as "https://example.com".',
    zh: '允许连接的其他网站的来源，例如 "https://example.com"。',
  },
  "topics.history": { en: "The most messages; 0 keeps none.", zh: "最多保留几条；0 表示不保留。" },
  "topics.age": { en: "The greatest age of a message.", zh: "消息最长保留多久。" },
  "topics.bytes": { en: "The most bytes of payload.", zh: "消息内容最多保留多少字节。" },
  "topics.coalesce": {
    en: "Gathers what is published for so long, and sends it in one go.",
    zh: "把这段时间内发布的消息合并为一次发送。",
  },
  "topics.presence": {
    en: "true tells subscribers who is there, who comes and who goes.",
    zh: "true 表示向订阅者告知在线成员及其进出。",
  },
  "topics.overload": {
    en: "queue delivers everything; latest, latest:RATE/s the newest; sample:RATE/s an even sample.",
    zh: "queue 全部送达；latest、latest:RATE/s 只送最新的；sample:RATE/s 均匀抽样。",
  },
  "topics.latest_by": {
    en: 'What latest keeps the newest of: "from", each sid, or a pointer into JSON such as "/id".',
    zh: 'latest 按什么取最新：发送方的 sid（"from"），或 JSON 中的位置，例如 "/id"。',
  },
  "web.public": {
    en: "A folder to serve instead of the built-in pages, relative to this file's folder.",
    zh: "代替内置网页的文件夹，相对于本文件所在的文件夹。",
  },
  "job.name": {
    en: "Unique; job-1, job-2, … when left out.",
    zh: "不可重复；省略则为 job-1、job-2……",
  },
  "job.cron": {
    en: "Six fields from seconds on, as Spring reads them, or the common five; or every, or at.",
    zh: "从秒开始的六个字段（同 Spring），或常见的五个字段；也可用 every 或 at。",
  },
  "job.every": { en: "An interval, such as 5s or 15m.", zh: "间隔，例如 5s、15m。" },
  "job.at": {
    en: "Once, at this time; without an offset it is a time of tz.",
    zh: "只在该时刻运行一次；不带时差时按 tz 解释。",
  },
  "job.tz": { en: "The machine's own when left out.", zh: "省略则用本机时区。" },
  "job.topic": {
    en: "all reaches every session, @anna the inbox of anna.",
    zh: "all 发给所有会话，@anna 发给 anna 的收件箱。",
  },
  "job.enabled": { en: "false leaves the job out.", zh: "false 表示停用该任务。" },
  "job.message": {
    en: "A fixed text; a job has one of message, template, fetch, exec and module.",
    zh: "固定文本；message、template、fetch、exec、module 五选一。",
  },
  "job.template": {
    en: "A text with the time and the job's facts.",
    zh: "可含时间和任务信息的文本。",
  },
  "job.fetch": {
    en: "The answer of an http or https address.",
    zh: "请求该 http 或 https 网址，发布其响应。",
  },
  "job.method": { en: "How fetch asks; GET when left out.", zh: "fetch 的方法；省略则为 GET。" },
  "job.headers": {
    en: "What fetch sends along; ${env:NAME} and ${file:PATH} are filled in, as they are in fetch and body.",
    zh: "fetch 的请求头；${env:NAME} 和 ${file:PATH} 会被替换，在 fetch 和 body 中也一样。",
  },
  "job.body": {
    en: "What fetch sends; it needs a method.",
    zh: "fetch 的请求体；需要指定 method。",
  },
  "job.select": {
    en: "A JSONPath: the part of fetch's answer that is published.",
    zh: "JSONPath：要发布的那部分 fetch 响应。",
  },
  "job.allow_private": {
    en: "true lets fetch, or the module, reach this machine and private networks.",
    zh: "true 允许 fetch 或 module 访问本机和内网。",
  },
  "job.exec": {
    en: "The output of a command and its arguments; no shell reads them.",
    zh: "运行命令并发布其输出；不经过 shell。",
  },
  "job.env": {
    en: "The variables that the command of exec is given; no others.",
    zh: "传给 exec 命令的环境变量；其余一律不传。",
  },
  "job.allow_exec": { en: "exec needs it to be true.", zh: "使用 exec 时必须为 true。" },
  "job.module": {
    en: "The result of a TypeScript file, relative to this file's folder.",
    zh: "运行 TypeScript 文件并发布其结果；相对于本文件所在的文件夹。",
  },
  "job.memory": { en: "The most memory of the module.", zh: "module 最多使用的内存。" },
  "job.when": {
    en: "changed publishes only what differs from the last.",
    zh: "changed 表示只在内容变化时发布。",
  },
  "job.only_if_listening": {
    en: "true runs only while somebody is subscribed, and at once when the first one comes.",
    zh: "true 表示仅在有订阅者时运行，首个订阅者到来时立即运行一次。",
  },
  "job.overlap": {
    en: "What becomes of a run that is due while the last is under way: skip or queue.",
    zh: "上一次运行未结束时如何处理：skip 跳过，queue 排队一次。",
  },
  "job.missed": {
    en: "What becomes of runs that were due while the server was down: skip or once.",
    zh: "停机期间错过的运行如何处理：skip 跳过，once 补一次。",
  },
  "job.jitter": {
    en: "Each run is late by some part of this, but never past the next one.",
    zh: "每次运行推迟其中一段，但不会晚于下一次。",
  },
  "job.timeout": { en: "How long a run may take.", zh: "一次运行最多多久。" },
  "job.backoff": {
    en: "The longest pause after failures; it begins with a second, and doubles.",
    zh: "失败后最长暂停多久；从 1 秒开始，逐次加倍。",
  },
  "job.retain": {
    en: "true shows new subscribers what was published last.",
    zh: "true 表示新订阅者立即收到最近一次发布的内容。",
  },
  "hooks.module": {
    en: "The file, relative to this file's folder.",
    zh: "该文件，相对于本文件所在的文件夹。",
  },
  "hooks.timeout": {
    en: "How long a call may take; one that takes longer lets nothing through.",
    zh: "一次调用最多多久；超时则不予放行。",
  },
} as const satisfies Record<string, Text>;
