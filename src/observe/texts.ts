/** The words of every event that is logged. */
export const EVENTS = {
  "session.open": { en: "connected", zh: "建立连接" },
  "session.message": { en: "received", zh: "收到消息" },
  "session.close": { en: "disconnected", zh: "连接关闭" },
  "session.refused": { en: "could not publish what it sent", zh: "无法发布其消息" },
  "handshake.refused": { en: "refused a WebSocket", zh: "拒绝了 WebSocket 连接" },
  "hook.failed": { en: "a hook failed", zh: "钩子函数出错" },
  "hook.died": { en: "the process of the hooks has ended", zh: "钩子进程已结束" },
  "hook.reloaded": { en: "hooks loaded anew", zh: "钩子已重新加载" },
  "hook.not_reloaded": {
    en: "changed hooks cannot be loaded; those before go on",
    zh: "修改后的钩子无法加载，继续使用原来的",
  },
  "hook.said": { en: "hooks say", zh: "钩子输出" },
  "job.failed": { en: "job failed", zh: "定时任务失败" },
  "job.skipped": {
    en: "job skipped: its last run has not ended",
    zh: "定时任务已跳过：上一次运行尚未结束",
  },
  "job.missed": {
    en: "job not run: its time passed while the server was asleep",
    zh: "定时任务未运行：服务器休眠期间已错过时间",
  },
  "job.said": { en: "job says", zh: "定时任务输出" },
  "job.unsaved": {
    en: "what is known of a job could not be read or kept",
    zh: "任务的状态无法读取或保存",
  },
  "scheduled.delayed": {
    en: "messages that are due cannot be published yet; trying again",
    zh: "到期消息暂时无法发布，将重试",
  },
  "scheduled.dropped": {
    en: "a message that was due can never be published, and was dropped",
    zh: "到期消息无法发布，已丢弃",
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
