import type { TextTable } from "../shared/texts.ts";

/** What the console says, beside what all pages do. */
export const CONSOLE_TEXTS = {
  title: { en: "Bellcast", zh: "Bellcast" },

  messages: { en: "Messages", zh: "消息" },
  clear: { en: "Clear", zh: "清空" },
  empty: { en: "Nothing yet. What arrives is shown here.", zh: "暂无消息，收到后会显示在这里。" },
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
  topic: { en: "To topic", zh: "发往主题" },
  topicHint: { en: "all", zh: "all" },
  toTopic: {
    en: "Published to everyone who listens to {topic}.",
    zh: "发布给所有订阅 {topic} 的页面。",
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
} as const satisfies TextTable;

export type ConsoleKey = keyof typeof CONSOLE_TEXTS;
