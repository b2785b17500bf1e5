import type { Text } from "../core/language.ts";
import type { Failure } from "./wire.ts";

/** Why a child, or the file in it, did not do what it was to do; `reason` tells a person. */
export class ChildError extends Error {
  override readonly name = "ChildError";
  readonly reason: Text;
  /** The `code` of what was thrown, where it had one. */
  readonly code: string | undefined;

  constructor(reason: Text, code?: string) {
    super(reason.en);
    this.reason = reason;
    this.code = code;
    // Whose lines are of interest is the file's, and those are in the message.
    this.stack = reason.en;
  }

  override toString(): string {
    return this.message;
  }
}

/** What was thrown by the file, in its own words. */
export function thrownError(failure: Failure): ChildError {
  const text = wordsOf(failure);
  return new ChildError({ en: text, zh: text }, failure.code);
}

export function loadError(file: string, failure: Failure): ChildError {
  const words = wordsOf(failure);
  if (failure.code === "no_file") {
    return new ChildError({ en: `There is no file ${file}.`, zh: `文件 ${file} 不存在。` });
  }
  if (failure.code === "no_default") {
    return new ChildError({
      en: `${file} exports no function as its default.`,
      zh: `${file} 没有默认导出一个函数。`,
    });
  }
  if (failure.code === "no_hooks") {
    return new ChildError({
      en: `${file} exports no function as onConnect, onMessage, onPublish or onDisconnect, or something else under such a name.`,
      zh: `${file} 没有导出名为 onConnect、onMessage、onPublish 或 onDisconnect 的函数，或该名称的导出不是函数。`,
    });
  }
  if (failure.code === "no_package") {
    return new ChildError({
      en: `${file} cannot be loaded: it imports a package, and only files are there to import. ${words}`,
      zh: `无法加载 ${file}：它导入了包，而这里只能导入文件。${words}`,
    });
  }
  return new ChildError({
    en: `${file} cannot be loaded: ${words}`,
    zh: `无法加载 ${file}：${words}`,
  });
}

/** @param how such as `code 1` or `SIGABRT` */
export function endedError(how: string, memoryBytes: number): ChildError {
  const mib = Math.round(memoryBytes / 1024 / 1024);
  // Out of memory, the runtime throws, or ends by one of these.
  const isMemory = /^SIG(?:ABRT|SEGV|TRAP|ILL|BUS)$/.test(how);
  return new ChildError({
    en: `Its process ended with ${how}${isMemory ? `: it may have needed more than ${mib} MiB` : ""}.`,
    zh: `其进程已结束（${how}）${isMemory ? `：可能需要超过 ${mib} MiB 的内存` : ""}。`,
  });
}

export const PROTOCOL_ERROR = new ChildError({
  en: "Its process said something that is not understood, and was ended.",
  zh: "其进程发来了无法理解的内容，已被结束。",
});

export const CLOSED_ERROR = new ChildError({
  en: "Its process was ended, because the server or its configuration has changed.",
  zh: "服务器或其配置已变化，进程已结束。",
});

function wordsOf({ message, frames }: Failure): string {
  return [message, ...frames.map((frame) => `    ${frame}`)].join("\n");
}
