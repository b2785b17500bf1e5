/** What all pages say, in each language they speak. Each page has a table of its own beside this one. */

export const LANGUAGES = ["en", "zh"] as const;
export type LanguageTag = (typeof LANGUAGES)[number];

/**
 * Texts by key. `{n}` stands for a fact, `{n|one|other}` for the word that agrees with it.
 */
export type TextTable = Readonly<Record<string, Readonly<Record<LanguageTag, string>>>>;

export const SHARED_TEXTS = {
  pages: { en: "Pages", zh: "页面" },
  pageConsole: { en: "Console", zh: "控制台" },
  pageChat: { en: "Chat", zh: "聊天" },
  pageDanmaku: { en: "Danmaku", zh: "弹幕" },
  pageCompare: { en: "Compare", zh: "对比" },

  themeAuto: { en: "Theme: as the system has it", zh: "主题：跟随系统" },
  themeLight: { en: "Theme: light", zh: "主题：浅色" },
  themeDark: { en: "Theme: dark", zh: "主题：深色" },

  phone: { en: "Open on a phone", zh: "在手机上打开" },
  phoneScan: {
    en: "Scan it with a phone in the same network.",
    zh: "请用同一网络中的手机扫描。",
  },
  phoneAlone: {
    en: "The server listens on this computer alone. Started like this, it lets in everybody in your network, phones too:",
    zh: "服务器目前只在本机监听。按如下方式启动后，局域网内的所有人（包括手机）都可以访问：",
  },
  phoneUnknown: {
    en: "The server does not say at which address a phone reaches it.",
    zh: "服务器没有告知手机该用哪个地址访问。",
  },
  phoneCode: { en: "QR code of {url}", zh: "{url} 的二维码" },
  closeDialog: { en: "Close", zh: "关闭" },

  // the button names the language that it leads to, in that language
  otherLanguage: { en: "中文", zh: "English" },
  connecting: { en: "Connecting…", zh: "连接中…" },
  open: { en: "Live", zh: "已连接" },
  ws: { en: "WebSocket", zh: "WebSocket" },
  sse: { en: "Server-Sent Events", zh: "服务器推送（SSE）" },
  poll: { en: "long poll", zh: "长轮询" },
  waiting: { en: "Reconnecting in {n} s", zh: "{n} 秒后重新连接" },
  waitingAloud: { en: "Connection lost, reconnecting", zh: "连接中断，正在重新连接" },
  closed: { en: "Closed", zh: "已关闭" },
  refused: { en: "Refused: {why}", zh: "已被拒绝：{why}" },
  retryNow: { en: "Retry now", zh: "立即重试" },
  jump: { en: "{n} new", zh: "{n} 条新消息" },
  arrived: { en: "{n} new {n|message|messages}", zh: "{n} 条新消息" },
  bytes: { en: "‹{n} {n|byte|bytes}›", zh: "‹{n} 字节›" },
  text: { en: "Message", zh: "消息内容" },
  textHint: { en: "Write a message", zh: "输入消息" },
  send: { en: "Send message", zh: "发送消息" },
  keys: { en: "Enter sends, Shift+Enter breaks the line", zh: "回车发送，Shift+回车换行" },
  queued: {
    en: "No connection at the moment: it will be sent as soon as there is one.",
    zh: "当前没有连接，恢复后会自动发送。",
  },
  rejected: { en: "The server does not accept it ({why}).", zh: "服务器不接受（{why}）。" },
  why_invalid_topic: {
    en: "invalid_topic: a topic is made of letters, digits and . _ ~ -",
    zh: "invalid_topic：主题名只能用文字、数字和 . _ ~ -",
  },
  why_invalid_sid: {
    en: "invalid_sid: a session id is made of letters, digits and . _ ~ -, 64 at most",
    zh: "invalid_sid：会话 id 只能用文字、数字和 . _ ~ -，最多 64 个",
  },
  why_inbox_private: {
    en: "inbox_private: the inbox of somebody else",
    zh: "inbox_private：这是别人的收件箱",
  },
  why_too_many_topics: {
    en: "too_many_topics: the server allows no more topics at a time",
    zh: "too_many_topics：同时订阅的主题太多",
  },
  why_message_too_large: {
    en: "message_too_large: the server takes no message that long. Your text is kept.",
    zh: "message_too_large：消息过长，服务器不接受，内容已保留。",
  },
  why_queue_full: {
    en: "queue_full: too much waits for a connection already. Your text is kept.",
    zh: "queue_full：等待发送的消息已满，内容已保留。",
  },
  why_store_full: {
    en: "store_full: the server's disk is full. Your text is kept.",
    zh: "store_full：服务器磁盘已满，内容已保留。",
  },
  why_closed: {
    en: "The connection is closed, so nothing was sent. Your text is kept.",
    zh: "连接已关闭，消息没有发出，内容已保留。",
  },
  copy: { en: "Copy", zh: "复制" },
  copied: { en: "Copied", zh: "已复制" },
  selected: { en: "Selected: copy it with your keyboard", zh: "已选中，请用键盘复制" },
} as const satisfies TextTable;

export type SharedKey = keyof typeof SHARED_TEXTS;
