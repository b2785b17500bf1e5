/** The words of every event that is logged. */
export const EVENTS = {
  "session.open": { en: "connected", zh: "建立连接" },
  "session.message": { en: "received", zh: "收到消息" },
  "session.close": { en: "disconnected", zh: "连接关闭" },
  "session.refused": { en: "could not publish what it sent", zh: "无法发布其消息" },
  "handshake.refused": { en: "refused a WebSocket", zh: "拒绝了 WebSocket 连接" },
  "hook.failed": { en: "a hook failed", zh: "回调出错" },
  "job.failed": { en: "job failed", zh: "定时任务失败" },
  "job.skipped": {
    en: "job skipped: its last run has not ended",
    zh: "定时任务已跳过：上一次运行尚未结束",
  },
  "store.failing": { en: "messages cannot be stored", zh: "消息无法存储" },
  "store.resumed": { en: "messages are stored again", zh: "消息已可重新存储" },
  "http.failed": { en: "a request failed", zh: "请求处理出错" },
  "server.started": { en: "started", zh: "已启动" },
  "server.stopping": {
    en: "stopping: closing every connection; once more ends at once",
    zh: "正在停止：关闭所有连接；再按一次立即结束",
  },
  "server.stopped": { en: "stopped", zh: "已停止" },
  "process.failed": { en: "unexpected error", zh: "意外错误" },
} as const;

export type LogEvent = keyof typeof EVENTS;
