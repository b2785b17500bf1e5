/** Every word that the page says, in each language it speaks. */

export const LANGUAGES = ["en", "zh"] as const;
export type LanguageTag = (typeof LANGUAGES)[number];

/** `{n}` stands for a fact, `{n|one|other}` for the word that agrees with it. */
export const TEXTS = {
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

  messages: { en: "Messages", zh: "消息" },
  clear: { en: "Clear", zh: "清空" },
  empty: { en: "Nothing yet. What arrives is shown here.", zh: "暂无消息，收到后会显示在这里。" },
  jump: { en: "{n} new", zh: "{n} 条新消息" },
  arrived: { en: "{n} new {n|message|messages}", zh: "{n} 条新消息" },
  bytes: { en: "‹{n} {n|byte|bytes}›", zh: "‹{n} 字节›" },

  kindMessage: { en: "received", zh: "收到" },
  kindSent: { en: "sent", zh: "发出" },
  kindOpen: { en: "open", zh: "连接" },
  kindClose: { en: "close", zh: "断开" },
  kindError: { en: "error", zh: "错误" },
  kindRestored: { en: "restored", zh: "补发" },
  kindGap: { en: "gap", zh: "缺失" },

  lineOpen: {
    en: "Connected as {sid} by {transport}",
    zh: "已通过 {transport} 连接，身份为 {sid}",
  },
  lineRestored: {
    en: "{n} {n|message|messages} restored",
    zh: "已补发 {n} 条",
  },
  lineExpired: {
    en: "Up to {n} {n|message|messages} of {topic} have expired",
    zh: "{topic} 最多有 {n} 条消息已过期",
  },
  lineOtherLog: {
    en: "The server has begun anew: what {topic} missed before is gone",
    zh: "服务器已重新开始，{topic} 此前错过的消息已不存在",
  },
  lineLost: { en: "Connection lost ({why})", zh: "连接中断（{why}）" },
  lineFailed: { en: "Could not connect; trying again", zh: "无法连接，将继续重试" },
  lineClosed: { en: "Connection closed", zh: "连接已关闭" },
  lineRefused: {
    en: "The server refused the connection ({why})",
    zh: "服务器拒绝了连接（{why}）",
  },
  lineSentTo: { en: "to {topic}", zh: "发往 {topic}" },

  text: { en: "Message", zh: "消息内容" },
  textHint: { en: "Write a message", zh: "输入消息" },
  topic: { en: "To topic", zh: "发往主题" },
  topicHint: { en: "all", zh: "all" },
  toTopic: {
    en: "Published to everyone who listens to {topic}.",
    zh: "发布给所有订阅 {topic} 的页面。",
  },
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

  connection: { en: "Connection", zh: "连接" },
  session: { en: "Session", zh: "会话" },
  topics: { en: "Topics", zh: "主题" },
  moreTopics: { en: "More topics", zh: "更多主题" },
  moreTopicsHint: { en: "orders, kitchen", zh: "订单, 厨房" },
  apply: { en: "Apply", zh: "应用" },
  close: { en: "Close connection", zh: "关闭连接" },
  connect: { en: "Connect", zh: "重新连接" },
  drop: { en: "Drop my connection", zh: "断开我的连接" },
  dropNote: {
    en: "Cuts it for five seconds, to see how what was missed comes back.",
    zh: "断开五秒，看看错过的消息如何补发。",
  },
  wire: { en: "Raw frames", zh: "原始帧" },
  wireNote: { en: "Newest first; the last hundred.", zh: "最新的在前，保留最近一百条。" },

  terminal: { en: "From a terminal", zh: "在终端里发布" },
  terminalNote: {
    en: "Whatever can speak HTTP can push to this page.",
    zh: "任何能发 HTTP 请求的程序都能推送到本页。",
  },
  copy: { en: "Copy", zh: "复制" },
  copied: { en: "Copied", zh: "已复制" },
  selected: { en: "Selected: copy it with your keyboard", zh: "已选中，请用键盘复制" },
} as const satisfies Record<string, Record<LanguageTag, string>>;

export type TextKey = keyof typeof TEXTS;
