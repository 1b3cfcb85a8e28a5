/** How a screen looks and keeps honest: Chinese. */
export default {
  phase: {
    connecting: "正在连接",
    live: "实时",
    "catching-up": "正在补齐",
    "cut-off": "连接中断",
    "signed-out": "未登录",
    "not-allowed": "无权限",
    "link-offline": "消息服务断开",
  },
  banner: {
    cutOff: "与服务器的连接已中断，画面不是实时的",
    never: "无法连接服务器",
    linkOffline: "服务器与消息服务（MQTT）的连接已断开，所有设备状态不是实时的",
    since: "自 {time} 起，已 {age}",
    retryIn: "{seconds} 秒后重试",
    retrying: "正在重试…",
  },
  barred: {
    "signed-out": "未登录或登录已失效",
    "not-allowed": "当前账号无权查看设备",
    text: "请用有权限的账号登录，登录后本页会自动恢复。",
    link: "前往登录",
  },
  palette: {
    switch: "配色：按时间自动、夜间、日间",
    auto: "自动",
    night: "夜间",
    day: "日间",
  },
  wallMore: {
    devices: "还有 {count} 台设备未显示在此",
    needing: "还有 {count} 台设备未显示在此，其中 {needing} 台需要处理",
    of: "{shown} / {count}",
    plan: "画面放不下平面图",
    hosts: "其余 {count} 项正常",
    allHosts: "{count} 项全部就绪",
  },
  canaryLight: {
    heading: "报警通路自检",
    came: "{time} 通过",
    late: "未通过，上次 {time}",
    never: "未通过，从未收到",
    none: "尚未进行",
    unknown: "情况未知",
  },
  alarmScene: {
    heading: "报警现场",
    of: "{title}，{place}",
    taken: "拍摄于 {time}",
  },
};
