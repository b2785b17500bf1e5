import type { Text } from "./language.ts";

/**
 * Every error that a client can be told, as one row each. `docs/errors.md` prints this table, the
 * HTTP answers and the command line read it, and a test keeps the three equal.
 */

/** What a row says. `message` and `hint` exist in both languages; the wire speaks English. */
export interface ErrorRow {
  /** The HTTP status of the answer (RFC 9110, RFC 6585, RFC 4918). */
  readonly status: number;
  /** Whether the same request may succeed later without being changed. */
  readonly retry: boolean;
  readonly message: Text;
  readonly hint: Text;
}

const NAME_RULE = {
  en: "neither . nor .., but Unicode letters, marks and digits, and . _ ~ - in NFC",
  zh: "只能用 Unicode 字母、附标、数字和 . _ ~ -，须为 NFC，且不能是 . 或 ..",
};

export const ERRORS = {
  invalid_request: {
    status: 400,
    retry: false,
    message: { en: "The request cannot be read.", zh: "请求无法解析。" },
    hint: {
      en: "Send one valid request target and exactly one valid Host header.",
      zh: "请发送一个有效的请求路径和唯一一个有效的 Host 头。",
    },
  },
  invalid_topic: {
    status: 400,
    retry: false,
    message: { en: "This is not a topic name.", zh: "这不是有效的主题名。" },
    hint: {
      en: `A topic is 1 to 128 code points: ${NAME_RULE.en}; an inbox is @ and a sid.`,
      zh: `主题名为 1 到 128 个码点：${NAME_RULE.zh}；收件箱是 @ 加 sid。`,
    },
  },
  invalid_sid: {
    status: 400,
    retry: false,
    message: { en: "This is not a session id.", zh: "这不是有效的会话 id。" },
    hint: {
      en: `A sid is 1 to 64 code points: ${NAME_RULE.en}.`,
      zh: `sid 为 1 到 64 个码点：${NAME_RULE.zh}。`,
    },
  },
  invalid_key: {
    status: 400,
    retry: false,
    message: { en: "This is not an idempotency key.", zh: "这不是有效的幂等键。" },
    hint: {
      en: "A key is 1 to 255 printable ASCII characters; a random UUID is a good one.",
      zh: "幂等键为 1 到 255 个可打印的 ASCII 字符；随机 UUID 就很合适。",
    },
  },
  invalid_parameter: {
    status: 400,
    retry: false,
    message: { en: "A parameter has a value that is not allowed.", zh: "参数的值不合法。" },
    hint: {
      en: "The detail names the parameter and what it takes.",
      zh: "详情写明了参数名和可用的值。",
    },
  },
  invalid_utf8: {
    status: 400,
    retry: false,
    message: { en: "The text is not valid UTF-8.", zh: "文本不是有效的 UTF-8。" },
    hint: {
      en: "Send UTF-8, or send bytes with Content-Type: application/octet-stream.",
      zh: "请发送 UTF-8；若是字节数据，请用 Content-Type: application/octet-stream。",
    },
  },
  invalid_json: {
    status: 400,
    retry: false,
    message: { en: "The body is not valid JSON.", zh: "请求体不是有效的 JSON。" },
    hint: {
      en: "Send one JSON value (RFC 8259), or send text with Content-Type: text/plain.",
      zh: "请发送一个 JSON 值（RFC 8259）；若是文本，请用 Content-Type: text/plain。",
    },
  },
  invalid_frame: {
    status: 400,
    retry: false,
    message: { en: "The frame cannot be read.", zh: "无法解析该帧。" },
    hint: {
      en: "Send one JSON object a frame, with the fields that its type has.",
      zh: "每帧请发送一个 JSON 对象，并带上该类型的字段。",
    },
  },
  unknown_type: {
    status: 400,
    retry: false,
    message: { en: "There is no command of this type.", zh: "没有这种类型的命令。" },
    hint: {
      en: "The types are subscribe, unsubscribe, publish, history, presence, auth and ping.",
      zh: "可用的类型有 subscribe、unsubscribe、publish、history、presence、auth 和 ping。",
    },
  },
  invalid_handshake: {
    status: 400,
    retry: false,
    message: { en: "The WebSocket handshake is not valid.", zh: "WebSocket 握手无效。" },
    hint: {
      en: "Send Connection: Upgrade and a Sec-WebSocket-Key of 16 bytes in base64 (RFC 6455, section 4.1).",
      zh: "请发送 Connection: Upgrade 和 16 字节 base64 的 Sec-WebSocket-Key（RFC 6455 第 4.1 节）。",
    },
  },
  not_offered: {
    status: 400,
    retry: false,
    message: { en: "This version does not offer it.", zh: "此版本不支持该功能。" },
    hint: {
      en: "Leave out what the detail names: it would not be done.",
      zh: "请去掉详情中提到的内容：它不会被执行。",
    },
  },
  unsupported_subprotocol: {
    status: 400,
    retry: false,
    message: {
      en: "None of the subprotocols asked for is spoken here.",
      zh: "服务器不支持所请求的子协议。",
    },
    hint: {
      en: "Ask for no subprotocol: messages then arrive as plain text.",
      zh: "请不要指定子协议：消息将以纯文本到达。",
    },
  },
  too_many_topics: {
    status: 400,
    retry: false,
    message: {
      en: "Too many topics for one session or request.",
      zh: "一个会话或请求的主题过多。",
    },
    hint: {
      en: "Name fewer topics, or raise limits.subscriptions.",
      zh: "请减少主题数，或调高 limits.subscriptions。",
    },
  },
  credentials_required: {
    status: 401,
    retry: false,
    message: {
      en: "Without configuration the server answers only programs on its own machine.",
      zh: "未作配置时，服务器只接受本机程序的请求。",
    },
    hint: {
      en: 'Requests through a proxy or under another name need auth.mode = "open".',
      zh: '经代理或使用其他主机名的请求需要设置 auth.mode = "open"。',
    },
  },
  origin_refused: {
    status: 403,
    retry: false,
    message: { en: "Pages of this origin may not connect.", zh: "不允许该来源的页面连接。" },
    hint: {
      en: "Add the page's origin to auth.origins.",
      zh: "请把该页面的来源加入 auth.origins。",
    },
  },
  inbox_private: {
    status: 403,
    retry: false,
    message: {
      en: "An inbox cannot be subscribed to by asking.",
      zh: "收件箱不能通过请求来订阅。",
    },
    hint: {
      en: "Connect as /ws/{sid}: the inbox @{sid} is subscribed by itself.",
      zh: "请以 /ws/{sid} 连接：收件箱 @{sid} 会自动订阅。",
    },
  },
  hook_refused: {
    status: 403,
    retry: false,
    message: { en: "The operator's hook refused it.", zh: "被服务器的钩子函数拒绝。" },
    hint: {
      en: "The detail has the hook's own words, if it has any.",
      zh: "钩子函数若给出原因，见详情。",
    },
  },
  session_removed: {
    status: 403,
    retry: false,
    message: { en: "Somebody has ended this session.", zh: "该会话已被结束。" },
    hint: {
      en: "Do not come back by yourself; a person may.",
      zh: "请勿自动重新连接，可由用户手动重连。",
    },
  },
  unknown_path: {
    status: 404,
    retry: false,
    message: { en: "There is nothing at this path.", zh: "此路径不存在。" },
    hint: {
      en: "Publish with POST /t/{topic}, connect to /ws/{sid}.",
      zh: "发布请用 POST /t/{topic}，连接请用 /ws/{sid}。",
    },
  },
  presence_off: {
    status: 404,
    retry: false,
    message: { en: "The topic does not show who is there.", zh: "该主题不显示在线成员。" },
    hint: {
      en: "Set presence = true for a pattern of topics that it matches.",
      zh: "请为匹配该主题的模式设置 presence = true。",
    },
  },
  unknown_session: {
    status: 404,
    retry: false,
    message: { en: "No session has this sid now.", zh: "当前没有使用该 sid 的会话。" },
    hint: { en: "GET /v1/sessions lists them.", zh: "GET /v1/sessions 可列出会话。" },
  },
  unknown_job: {
    status: 404,
    retry: false,
    message: { en: "There is no job of this name.", zh: "没有该名称的任务。" },
    hint: { en: "GET /v1/jobs lists them.", zh: "GET /v1/jobs 可列出任务。" },
  },
  not_scheduled: {
    status: 404,
    retry: false,
    message: { en: "No message with this id waits.", zh: "没有该 id 的待发消息。" },
    hint: {
      en: "It may be published already; GET /v1/scheduled lists those that wait.",
      zh: "它可能已经发布；GET /v1/scheduled 可列出待发消息。",
    },
  },
  method_not_allowed: {
    status: 405,
    retry: false,
    message: { en: "This path does not take this method.", zh: "此路径不接受该方法。" },
    hint: { en: "The Allow header lists those it takes.", zh: "Allow 头列出了可用的方法。" },
  },
  job_running: {
    status: 409,
    retry: true,
    message: { en: "The job's last run has not ended.", zh: "任务的上一次运行尚未结束。" },
    hint: { en: "Try again when it has.", zh: "请在其结束后重试。" },
  },
  job_exists: {
    status: 409,
    retry: false,
    message: { en: "There is a job of this name already.", zh: "已有该名称的任务。" },
    hint: {
      en: "Replace it with PUT /v1/jobs/{name}, or take another name.",
      zh: "请用 PUT /v1/jobs/{name} 替换，或换一个名称。",
    },
  },
  job_fixed: {
    status: 409,
    retry: false,
    message: {
      en: "The job is written in the configuration, or in the program: only that changes it.",
      zh: "该任务写在配置或程序中，只能在那里修改。",
    },
    hint: {
      en: "Edit it where it is written, or take another name; pause, resume and run are allowed.",
      zh: "请在其所在处修改，或换一个名称；可以暂停、恢复和手动运行。",
    },
  },
  message_too_large: {
    status: 413,
    retry: false,
    message: { en: "The message is larger than limits.message.", zh: "消息超过 limits.message。" },
    hint: {
      en: "Send less, or raise limits.message.",
      zh: "请减小消息，或调高 limits.message。",
    },
  },
  invalid_schedule: {
    status: 400,
    retry: false,
    message: {
      en: "This is not a time, or not one to come.",
      zh: "这不是有效的时间，或已经过去。",
    },
    hint: {
      en: "Use one of Delay: 30s, At: 2026-12-01T09:00:00+08:00 and Cron: 0 0 9 * * MON-FRI.",
      zh: "请使用 Delay: 30s、At: 2026-12-01T09:00:00+08:00 或 Cron: 0 0 9 * * MON-FRI 之一。",
    },
  },
  invalid_job: {
    status: 400,
    retry: false,
    message: { en: "This is not a job.", zh: "这不是有效的任务。" },
    hint: {
      en: "A job has one schedule, and one action: message, template or fetch.",
      zh: "任务有一个时间和一个动作：message、template 或 fetch。",
    },
  },
  unsupported_media_type: {
    status: 415,
    retry: false,
    message: {
      en: "The body's type, charset or encoding is not supported.",
      zh: "不支持该请求体的类型、字符集或编码。",
    },
    hint: {
      en: "Send text or JSON in UTF-8, or bytes, without Content-Encoding.",
      zh: "请以 UTF-8 发送文本或 JSON，或发送字节，且不用 Content-Encoding。",
    },
  },
  wrong_host: {
    status: 421,
    retry: false,
    message: {
      en: "This server does not answer to the name in the Host header.",
      zh: "服务器不以 Host 头中的名称提供服务。",
    },
    hint: { en: "Add the name to server.hosts.", zh: "请把该名称加入 server.hosts。" },
  },
  key_reused: {
    status: 422,
    retry: false,
    message: {
      en: "The idempotency key belongs to another message.",
      zh: "该幂等键已用于另一条消息。",
    },
    hint: {
      en: "Repeat a publish with the same body, and take a new key for a new message.",
      zh: "重试时请保持消息内容不变；新消息请换用新的幂等键。",
    },
  },
  upgrade_required: {
    status: 426,
    retry: false,
    message: { en: "This path speaks WebSocket only.", zh: "此路径只支持 WebSocket。" },
    hint: {
      en: 'Open it with new WebSocket("ws://…/ws/{sid}"), version 13.',
      zh: '请用 new WebSocket("ws://…/ws/{sid}") 打开，版本 13。',
    },
  },
  headers_too_large: {
    status: 431,
    retry: false,
    message: {
      en: "The headers are larger than limits.headers.",
      zh: "请求头超过 limits.headers。",
    },
    hint: {
      en: "Send fewer or shorter headers, or raise limits.headers.",
      zh: "请减少请求头，或调高 limits.headers。",
    },
  },
  too_many_scheduled: {
    status: 429,
    retry: true,
    message: {
      en: "As many messages wait as limits.scheduled allows.",
      zh: "待发消息已达 limits.scheduled 上限。",
    },
    hint: {
      en: "Cancel some, try again when others are published, or raise limits.scheduled.",
      zh: "请取消一些、待其他消息发布后重试，或调高 limits.scheduled。",
    },
  },
  too_many_jobs: {
    status: 429,
    retry: false,
    message: {
      en: "There are as many jobs as limits.jobs allows.",
      zh: "任务数已达 limits.jobs 上限。",
    },
    hint: { en: "Remove some, or raise limits.jobs.", zh: "请删除一些，或调高 limits.jobs。" },
  },
  internal_error: {
    status: 500,
    retry: true,
    message: {
      en: "The server made a mistake; it was logged.",
      zh: "服务器内部错误，已记录日志。",
    },
    hint: { en: "Look at the server's log.", zh: "请查看服务器日志。" },
  },
  hook_failed: {
    status: 503,
    retry: true,
    message: {
      en: "The operator's hook failed, so nothing was let through.",
      zh: "服务器的钩子函数出错，因此未予放行。",
    },
    hint: { en: "Try again; the server's log says why.", zh: "请重试；原因见服务器日志。" },
  },
  too_many_connections: {
    status: 503,
    retry: true,
    message: { en: "The server holds as many connections as it may.", zh: "连接数已达上限。" },
    hint: {
      en: "Try again later, or raise limits.connections and the descriptor limit.",
      zh: "请稍后再试，或调高 limits.connections 和文件描述符上限。",
    },
  },
  store_failed: {
    status: 503,
    retry: true,
    message: { en: "The message could not be stored.", zh: "消息未能存储。" },
    hint: { en: "Try again; the server's log says why.", zh: "请重试；原因见服务器日志。" },
  },
  store_full: {
    status: 507,
    retry: true,
    message: {
      en: "The message was not stored: the disk is full.",
      zh: "磁盘已满，消息未存储。",
    },
    hint: {
      en: "Make room on the disk of store.path; the server goes on by itself.",
      zh: "请为 store.path 所在的磁盘腾出空间；服务器会自行恢复。",
    },
  },
  shutting_down: {
    status: 503,
    retry: true,
    message: { en: "The server is going away.", zh: "服务器正在关闭。" },
    hint: { en: "Connect again in a moment.", zh: "请稍后重新连接。" },
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** What a `BellcastError` may carry beside its code. */
export interface ErrorContext {
  /** One sentence about this occurrence, in English: which name, which value, what was expected. */
  readonly detail?: string;
  /** Headers that the HTTP answer must carry, such as `Allow` (RFC 9110, section 15.5.6). */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An error that a client is told by its stable `code`; everything else about it stands in `ERRORS`. */
export class BellcastError extends Error {
  override readonly name = "BellcastError";
  readonly code: ErrorCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, { detail, headers = {}, cause }: ErrorContext = {}) {
    super(detail ?? ERRORS[code].message.en, cause === undefined ? undefined : { cause });
    this.code = code;
    this.headers = headers;
  }

  get row(): ErrorRow {
    return ERRORS[this.code];
  }

  /** For logs: a client's mistake is told by its code, and has no stack worth reading. */
  override toString(): string {
    return `${this.code}: ${this.message}`;
  }
}

/** What was thrown, as text. Anything can be thrown, also what refuses to become a string. */
export function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return "something that has no text was thrown";
  }
}
