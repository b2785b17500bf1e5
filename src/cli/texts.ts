import type { Text } from "../core/language.ts";

/** Everything that the command line says, in both languages. `{name}` is filled in. */
export const TEXTS = {
  unknownVerb: {
    en: "There is no verb {word}. bellcast help lists them.",
    zh: "没有 {word} 这个命令。bellcast help 可列出所有命令。",
  },
  unknownVerbNear: {
    en: "There is no verb {word}; did you mean {near}?",
    zh: "没有 {word} 这个命令；您是想用 {near} 吗？",
  },
  unknownOption: {
    en: "There is no option {word}. bellcast help lists them.",
    zh: "没有 {word} 这个选项。bellcast help 可列出所有选项。",
  },
  unknownOptionNear: {
    en: "There is no option {word}; did you mean {near}?",
    zh: "没有 {word} 这个选项；您是想用 {near} 吗？",
  },
  foreignOption: {
    en: "{word} is no option of bellcast {verb}.",
    zh: "{word} 不是 bellcast {verb} 的选项。",
  },
  missingValue: { en: "{word} needs a value: {value}.", zh: "{word} 需要一个值：{value}。" },
  needlessValue: { en: "{word} takes no value.", zh: "{word} 不接受值。" },
  badLang: { en: "--lang takes zh or en.", zh: "--lang 只能是 zh 或 en。" },
  badServer: {
    en: "--server takes an http or https URL; not {word}",
    zh: "--server 需要 http 或 https 网址；{word} 不是。",
  },
  badCount: {
    en: "--count takes a whole number from 1 to {most}.",
    zh: "--count 需要 1 到 {most} 的整数。",
  },
  tooMany: { en: "Too many arguments: {word}", zh: "参数过多：{word}" },
  verbs: { en: "Verbs:", zh: "命令：" },
  options: { en: "Options:", zh: "选项：" },
  tagline: {
    en: "Bellcast {version}: one file that serves your page, holds its WebSockets and pushes on schedule.",
    zh: "Bellcast {version}：一个文件，提供网页、保持 WebSocket 连接，并定时推送。",
  },
  helpServe: { en: "start the server (the default)", zh: "启动服务器（默认）" },
  helpPub: {
    en: "publish DATA, or standard input, to a topic",
    zh: "向主题发布 DATA 或标准输入",
  },
  helpSub: {
    en: "print what arrives, on `all` and on the topics named",
    zh: "打印收到的消息：`all` 以及所列主题",
  },
  helpJobList: {
    en: "the running server's jobs and their next runs",
    zh: "列出运行中服务器的定时任务及下次运行时间",
  },
  helpJobNext: {
    en: "read a cron expression back, with its next runs",
    zh: "解读 cron 表达式，并列出接下来的运行时间",
  },
  helpJobRuns: {
    en: "the last runs of a job, and what came of them",
    zh: "任务最近的运行及结果",
  },
  helpJobRun: {
    en: "run a job now, and say what came of it",
    zh: "立即运行一次任务并显示结果",
  },
  helpJobPause: {
    en: "plan no more runs of a job, also after a restart",
    zh: "暂停任务，重启后仍然有效",
  },
  helpJobResume: { en: "go on with a job after a pause", zh: "恢复已暂停的任务" },
  helpJobRemove: {
    en: "remove a job that was added, or a message that waits",
    zh: "删除运行期间添加的任务，或待发的消息",
  },
  helpJobRehearse: {
    en: "run the configured jobs against a virtual clock, and print the day",
    zh: "用虚拟时钟演练配置中的任务，并打印当天的时间表",
  },
  helpConfigInit: {
    en: "write a commented bellcast.toml with every default",
    zh: "写一个带注释、列出所有默认值的 bellcast.toml",
  },
  helpConfigCheck: { en: "check the configuration", zh: "检查配置" },
  helpConfigDefaults: { en: "print the values in force", zh: "打印生效的配置值" },
  helpBackup: {
    en: "copy the store to a new FILE, also while a server runs on it",
    zh: "把存储复制到新文件 FILE，服务器运行时也可以",
  },
  helpVersion: { en: "print the version", zh: "打印版本" },
  helpHelp: { en: "this text", zh: "显示本帮助" },
  optConfig: {
    en: "the configuration; bellcast.toml in the working directory, if it is there",
    zh: "配置文件；默认为工作目录中的 bellcast.toml（若存在）",
  },
  optServer: {
    en: "the server that pub, sub and job talk to; else the configured one",
    zh: "pub、sub、job 所连接的服务器；默认为配置中的服务器",
  },
  optJson: { en: "data as JSON", zh: "以 JSON 输出数据" },
  optQuiet: { en: "only warnings and errors", zh: "只显示警告和错误" },
  optNoColor: { en: "no colour (NO_COLOR does the same)", zh: "不使用颜色（等同于 NO_COLOR）" },
  optLang: { en: "the language of messages", zh: "消息的语言" },
  optHelp: { en: "this text", zh: "显示本帮助" },
  optVersion: { en: "print the version", zh: "打印版本" },
  optHost: {
    en: 'what to bind; anything but loopback needs auth.mode = "open"',
    zh: '监听地址；非回环地址需要 auth.mode = "open"',
  },
  optPort: { en: "the port; 0 takes any free one", zh: "端口；0 表示任意空闲端口" },
  optLan: { en: "bind every address: --host 0.0.0.0", zh: "监听所有地址：--host 0.0.0.0" },
  optStore: {
    en: "where messages are kept: a file, bellcast.db when left out, or :memory:",
    zh: "消息保存在哪里：文件（默认为 bellcast.db）或 :memory:",
  },
  optPublic: {
    en: "a folder of pages in place of the built-in one",
    zh: "用该目录的网页代替内置网页",
  },
  optLogFormat: {
    en: "auto, pretty, json or logfmt; auto is pretty on a terminal, else logfmt",
    zh: "auto、pretty、json 或 logfmt；auto 在终端上为 pretty，否则为 logfmt",
  },
  optType: {
    en: "the Content-Type; text when left out",
    zh: "Content-Type；默认为文本",
  },
  optFrom: { en: "the sid that the message is from", zh: "消息来自哪个 sid" },
  optFromTime: {
    en: "when the rehearsal begins, such as 2026-12-01T09:00; today when left out",
    zh: "演练的开始时间，例如 2026-12-01T09:00；默认今天",
  },
  optIn: { en: "publish after so long, such as 30s", zh: "多久之后发布，例如 30s" },
  optAt: {
    en: "publish at a time, such as 2026-12-01T09:00:00+08:00",
    zh: "在某一时刻发布，例如 2026-12-01T09:00:00+08:00",
  },
  optCron: {
    en: "publish again and again, such as '0 0 9 * * MON-FRI'",
    zh: "按 cron 反复发布，例如 '0 0 9 * * MON-FRI'",
  },
  optJob: {
    en: "the name of the job that --cron makes or replaces",
    zh: "--cron 创建或替换的任务名",
  },
  optFor: { en: "how long to rehearse; 24h when left out", zh: "演练多久；默认 24h" },
  optWatch: {
    en: "load modules of jobs and hooks anew when their files change",
    zh: "任务模块和钩子的文件变化时重新加载",
  },
  optKey: {
    en: "an idempotency key: repeats with it publish nothing",
    zh: "幂等键：用同一个键重试不会重复发布",
  },
  optTtl: { en: "after how many seconds the message expires", zh: "消息在多少秒后过期" },
  optSid: {
    en: "the sid to connect as; a random one when left out",
    zh: "连接所用的 sid；默认随机",
  },
  optTz: {
    en: "the time zone of times and of EXPR; this machine's when left out",
    zh: "时间和 EXPR 的时区；默认为本机时区",
  },
  optCount: {
    en: "how many runs to list; of job next 5 when left out, of job runs all that are known",
    zh: "列出多少次运行；job next 默认 5，job runs 默认全部",
  },
  optForce: { en: "overwrite the file", zh: "覆盖已有文件" },
  bannerPage: { en: "Page", zh: "网页" },
  bannerNetwork: { en: "Network", zh: "局域网" },
  bannerSocket: { en: "WebSocket", zh: "WebSocket" },
  bannerStore: { en: "Store", zh: "存储" },
  bannerMemory: {
    en: "memory: messages last as long as the process",
    zh: "内存：消息随进程结束而消失",
  },
  bannerNormal: {
    en: "{path} (sync = normal: a power cut may lose the last messages)",
    zh: "{path}（sync = normal：断电可能丢失最后的消息）",
  },
  bannerConfig: { en: "Config", zh: "配置" },
  bannerDefaults: { en: "none: the defaults", zh: "无：使用默认值" },
  bannerJobs: { en: "Jobs", zh: "定时任务" },
  bannerNoJobs: { en: "none", zh: "无" },
  bannerJob: {
    en: "{name}: {words} to {topic}, next {next}",
    zh: "{name}：{words}，发往 {topic}，下次 {next}",
  },
  bannerIdle: { en: "{name}: {next}", zh: "{name}：{next}" },
  bannerTry: { en: "Try", zh: "试一试" },
  refusedWideBind: {
    en: 'Refused to bind {host}: without keys everybody who reaches it could publish and read. Bind loopback, or set auth.mode = "open" (BELLCAST_AUTH_MODE=open) if that is what you want.',
    zh: '拒绝监听 {host}：在没有密钥的情况下，任何能访问它的人都可以发布和读取。请监听回环地址；若确实需要，请设置 auth.mode = "open"（BELLCAST_AUTH_MODE=open）。',
  },
  refusedNamedHosts: {
    en: 'Refused to answer to {hosts} (server.hosts): in auth.mode "auto" only this machine is served, and keys do not exist yet. Set auth.mode = "open" (BELLCAST_AUTH_MODE=open) if everybody may publish and read.',
    zh: '拒绝以 {hosts}（server.hosts）提供服务：auth.mode "auto" 只服务本机，且尚无密钥。若允许任何人发布和读取，请设置 auth.mode = "open"（BELLCAST_AUTH_MODE=open）。',
  },
  portInUse: {
    en: "Port {port} on {host} is in use. Choose another with --port.",
    zh: "{host} 的端口 {port} 已被占用。请用 --port 选择其他端口。",
  },
  portInUseBy: {
    en: "Port {port} on {host} is in use by {holder}. Choose another with --port.",
    zh: "{host} 的端口 {port} 已被 {holder} 占用。请用 --port 选择其他端口。",
  },
  cannotBind: {
    en: "Cannot bind {host} port {port}: {reason}. Choose others with --host and --port.",
    zh: "无法监听 {host} 端口 {port}：{reason}。请用 --host 和 --port 另选。",
  },
  hooksNotLoaded: { en: "hooks.module: {reason}", zh: "hooks.module：{reason}" },
  logDropped: {
    en: "{lines} lines of the log were dropped: nobody read it.",
    zh: "日志无人读取，已丢弃 {lines} 行。",
  },
  pubUsage: {
    en: "Usage: bellcast pub TOPIC [DATA]; without DATA, or with -, standard input is published.",
    zh: "用法：bellcast pub TOPIC [DATA]；省略 DATA 或写 - 时发布标准输入。",
  },
  pubOneTime: {
    en: "Only one of --in, --at and --cron can say when.",
    zh: "--in、--at、--cron 只能使用一个。",
  },
  pubJobAlone: {
    en: "--job names what --cron makes: use both.",
    zh: "--job 用于命名 --cron 创建的任务，需要同时使用 --cron。",
  },
  pubZoneAlone: {
    en: "--tz belongs to --at or --cron.",
    zh: "--tz 需要与 --at 或 --cron 同时使用。",
  },
  scheduledOnce: {
    en: "To be published to {topic}: {words} ({tz}). Its id is {id}.",
    zh: "将发布到 {topic}，{words}（{tz}）。id 为 {id}。",
  },
  scheduledBefore: {
    en: "Scheduled for {topic} before with this key: nothing more waits.",
    zh: "此前已用该键安排发布到 {topic}，没有重复安排。",
  },
  scheduledAgain: {
    en: "To be published to {topic} {words} ({tz}), next at {next}: job {id}.",
    zh: "将按 {words}（{tz}）发布到 {topic}，下次 {next}：任务 {id}。",
  },
  published: {
    en: "Published to {topic}: id {id}, sessions reached: {sessions}.",
    zh: "已发布到 {topic}：id {id}，送达 {sessions} 个会话。",
  },
  publishedBefore: {
    en: "Published to {topic} before with this key: nothing was published again.",
    zh: "此前已用该键发布到 {topic}，没有重复发布。",
  },
  publishedSkipped: {
    en: "Left out: {topic} gets more than it sends. Nobody is sent it.",
    zh: "未发布：{topic} 的消息过多，这条按其过载设置略去，不会送达任何人。",
  },
  publishedUnretained: {
    en: "Published to {topic}: not retained, sessions reached: {sessions}.",
    zh: "已发布到 {topic}：送达 {sessions} 个会话，未保留。",
  },
  unreachable: {
    en: "No Bellcast server answers at {url}.",
    zh: "{url} 没有 Bellcast 服务器响应。",
  },
  refused: {
    en: "Refused by {url}: {message} ({code}: {detail}) {hint}",
    zh: "{url} 拒绝了请求：{message}（{code}：{detail}）{hint}",
  },
  refusedPlainly: {
    en: "Refused by {url}: {message} ({code}) {hint}",
    zh: "{url} 拒绝了请求：{message}（{code}）{hint}",
  },
  refusedStatus: {
    en: "Refused by {url}: HTTP status {status}.",
    zh: "{url} 拒绝了请求：HTTP 状态 {status}。",
  },
  badTopic: { en: "{word} is not a topic name.", zh: "{word} 不是有效的主题名。" },
  badSid: { en: "{word} is not a session id.", zh: "{word} 不是有效的会话 id。" },
  inboxTopic: {
    en: "{word} is an inbox: connect as its owner with --sid.",
    zh: "{word} 是收件箱：请用 --sid 以其所有者的身份连接。",
  },
  subscribed: { en: "Subscribed as {sid}: {topics}", zh: "已以 {sid} 订阅：{topics}" },
  lost: {
    en: "Disconnected (code {code}); trying again in {seconds} s.",
    zh: "连接断开（代码 {code}）；{seconds} 秒后重试。",
  },
  closedForGood: {
    en: "The server ended the session for good (code {code}: {reason}).",
    zh: "服务器已终止会话（代码 {code}：{reason}）。",
  },
  jobUsage: {
    en: "Usage: bellcast job list | next EXPR | runs NAME | run NAME | pause NAME | resume NAME | remove NAME | rehearse (quote EXPR: it has spaces and stars).",
    zh: "用法：bellcast job list | next EXPR | runs NAME | run NAME | pause NAME | resume NAME | remove NAME | rehearse（EXPR 含空格和星号，请加引号）。",
  },
  badJobName: { en: "{word} is not the name of a job.", zh: "{word} 不是有效的任务名。" },
  jobRemoved: { en: "Removed {name}.", zh: "已删除 {name}。" },
  jobPaused: { en: "Paused {name}.", zh: "已暂停 {name}。" },
  jobResumed: { en: "{name} goes on, next at {next}.", zh: "{name} 已恢复，下次 {next}。" },
  jobResumedIdle: { en: "{name} goes on: {next}.", zh: "{name} 已恢复：{next}。" },
  jobRan: {
    en: "{name}: {outcome} after {ms} ms.",
    zh: "{name}：{outcome}，用时 {ms} 毫秒。",
  },
  jobRanPublished: {
    en: "{name}: published {bytes} bytes to {recipients} sessions after {ms} ms.",
    zh: "{name}：已向 {recipients} 个会话发布 {bytes} 字节，用时 {ms} 毫秒。",
  },
  jobRanFailed: {
    en: "{name} failed after {ms} ms: {error}",
    zh: "{name} 在 {ms} 毫秒后失败：{error}",
  },
  outcome_published: { en: "published", zh: "已发布" },
  outcome_unchanged: { en: "unchanged", zh: "无变化" },
  outcome_empty: { en: "nothing to publish", zh: "无内容可发布" },
  outcome_failed: { en: "failed", zh: "失败" },
  outcome_shown: { en: "not run", zh: "未运行" },
  noRuns: { en: "{name} has not run.", zh: "{name} 尚未运行。" },
  runTime: { en: "FOR", zh: "计划时间" },
  runStart: { en: "BEGAN", zh: "开始" },
  runDuration: { en: "TOOK", zh: "用时" },
  runOutcome: { en: "OUTCOME", zh: "结果" },
  runBytes: { en: "BYTES", zh: "字节" },
  runRecipients: { en: "SESSIONS", zh: "会话" },
  scheduledId: { en: "WAITS", zh: "待发消息" },
  scheduledDue: { en: "DUE", zh: "发布时间" },
  scheduledSize: { en: "BYTES", zh: "字节" },
  scheduledMore: { en: "… and {count} more", zh: "……还有 {count} 条" },
  badFrom: { en: "--from: {reason}", zh: "--from：{reason}" },
  badFor: {
    en: "--for takes a duration from 1s to 366d, such as 24h.",
    zh: "--for 需要 1s 到 366d 的时长，例如 24h。",
  },
  rehearsed: {
    en: "{from} to {until} ({tz}), as if somebody listened to every topic. Nothing is sent; fetch, exec and module are shown and not run.",
    zh: "{from} 至 {until}（{tz}），假定每个主题都有订阅者。不会发送任何内容；fetch、exec 和 module 只显示、不运行。",
  },
  rehearsedNothing: { en: "No job runs in this time.", zh: "这段时间内没有任务运行。" },
  rehearsedTimes: { en: "{count} times", zh: "{count} 次" },
  rehearsedEvery: { en: "{count} times, every {every}", zh: "{count} 次，间隔 {every}" },
  rehearsedTooMuch: {
    en: "The jobs would run more than {most} times: shorten --for.",
    zh: "任务将运行超过 {most} 次：请缩短 --for。",
  },
  rehearsedMessages: { en: "MESSAGES", zh: "消息" },
  rehearsedShown: { en: "NOT RUN", zh: "未运行" },
  badCron: { en: "Cannot run {word}: {reason}", zh: "无法运行 {word}：{reason}" },
  nextRuns: { en: "{words} ({tz})", zh: "{words}（{tz}）" },
  noJobs: { en: "The server has no jobs.", zh: "服务器没有定时任务。" },
  jobName: { en: "NAME", zh: "名称" },
  jobSchedule: { en: "SCHEDULE", zh: "时间" },
  jobOrigin: { en: "FROM", zh: "来源" },
  jobPausedNow: { en: "paused", zh: "已暂停" },
  jobOver: { en: "no more runs", zh: "不再运行" },
  from_file: { en: "file", zh: "配置文件" },
  from_program: { en: "program", zh: "程序" },
  from_api: { en: "API", zh: "API" },
  jobTopic: { en: "TOPIC", zh: "主题" },
  jobNextRun: { en: "NEXT RUN", zh: "下次运行" },
  jobRuns: { en: "RUNS", zh: "运行" },
  jobFailures: { en: "FAILED", zh: "失败" },
  jobSkipped: { en: "SKIPPED", zh: "跳过" },
  jobDisabled: { en: "disabled", zh: "已停用" },
  configUsage: {
    en: "Usage: bellcast config init, config check or config defaults.",
    zh: "用法：bellcast config init、config check 或 config defaults。",
  },
  configExists: {
    en: "{file} exists. --force overwrites it.",
    zh: "{file} 已存在。--force 可覆盖。",
  },
  configCannotWrite: { en: "Cannot write {file}: {reason}", zh: "无法写入 {file}：{reason}" },
  configWritten: {
    en: "Wrote {file}: every value in it is the default. While there is a file, a page opened from disk may not connect; serve it with --public.",
    zh: "已写入 {file}：其中的值均为默认值。有配置文件时，从磁盘打开的网页不能连接；请用 --public 提供该网页。",
  },
  configGood: { en: "{file}: no mistakes.", zh: "{file}：没有错误。" },
  configNone: {
    en: "No configuration file: the defaults are in force.",
    zh: "没有配置文件：使用默认值。",
  },
  backupUsage: {
    en: "Usage: bellcast backup FILE; the store is --store, or that of the configuration.",
    zh: "用法：bellcast backup FILE；存储由 --store 或配置指定。",
  },
  backupOfMemory: {
    en: "There is nothing to copy: the configured store is in memory.",
    zh: "没有可复制的内容：配置的存储在内存中。",
  },
  backupExists: {
    en: "{file} exists, and is left as it is.",
    zh: "{file} 已存在，未作任何改动。",
  },
  backupWritten: {
    en: "Copied {store} to {file}.",
    zh: "已将 {store} 复制到 {file}。",
  },
  unexpected: { en: "Unexpected error: {reason}", zh: "意外错误：{reason}" },
} as const satisfies Record<string, Text>;

export type TextKey = keyof typeof TEXTS;
