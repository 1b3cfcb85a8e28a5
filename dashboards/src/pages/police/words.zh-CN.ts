/** The page on which a police grid officer answers a hand-over: Chinese. */
export default {
  page: "移交警格",
  language: "English",
  loading: "正在读取…",
  retry: "重试",
  sending: "正在提交…",
  from: "{site} 值班室移交",
  done: "已收到您的回复，谢谢。本链接已结束，可以关闭页面。",
  doneLate: "已收到您的回复，已记入案件并提醒值班室，谢谢。本链接已结束，可以关闭页面。",
  closed: "小区已于 {at} 结案，不用再出警。如已处置或另有情况，{due} 前仍可回复，会提醒值班室。",
  private: "本页不含车牌、姓名和图像。需要这些资料时，请持调取手续联系小区。",
  facts: {
    priority: "级别",
    place: "位置",
    raised: "发生时间",
    unit: "移交给",
    handed: "移交时间",
    received: "确认收到",
    due: "请在此前回复",
  },
  receipt: {
    heading: "确认收到",
    name: "姓名",
    number: "警号",
    hint: "姓名和警号只记入本次移交，供小区核对。",
    send: "确认收到",
    needsName: "请填写姓名",
    needsNumber: "请填写警号：4 至 20 位数字或字母",
  },
  answers: {
    heading: "回复",
    which: "处理情况",
    words: "说明（可不填）",
    stays: "链接仍有效，处置后请再回复一次。",
    ends: "提交后链接即结束，不能再改。",
    send: "提交回复",
  },
  answer: {
    accepted: "已受理",
    "dealt-with": "已处置",
    "not-ours": "不属本警格",
  },
  state: {
    handed: "待确认",
    received: "已确认收到",
    accepted: "已受理",
    "dealt-with": "已处置",
    "not-ours": "不属本警格",
    revoked: "已撤回",
  },
  priority: {
    critical: "特急",
    high: "紧急",
    medium: "重要",
    low: "一般",
  },
  problem: {
    "no-key": {
      title: "网址不完整",
      todo: "请从收到的消息里打开完整链接。",
    },
    "link-unknown": {
      title: "没有这个链接",
      todo: "请从收到的消息里打开完整链接。",
    },
    "link-over": {
      title: "链接已结束",
      todo: "已经回复、已被撤回或已过期。需要时请联系小区值班室。",
    },
    "already-received": {
      title: "已经有人确认收到",
      todo: "下面可以直接回复处理情况。",
    },
    "not-received": {
      title: "请先确认收到",
      todo: "填写姓名和警号后再回复。",
    },
    "too-many-answers": {
      title: "回复次数已满",
      todo: "请联系小区值班室。",
    },
    throttled: {
      title: "操作太频繁",
      todo: "请在 {seconds} 秒后再试。",
    },
    "no-network": {
      title: "手机没有联网",
      todo: "请检查网络后重试；填写的内容还在。",
    },
    unreachable: {
      title: "服务器没有回应",
      todo: "请重试；重复提交只算一次。",
    },
    "hub-down": {
      title: "系统暂时不可用",
      todo: "请稍后重试；紧急时请致电小区值班室。",
    },
    other: {
      title: "没有成功",
      todo: "请重试；仍不行请联系小区值班室。",
    },
  },
};
