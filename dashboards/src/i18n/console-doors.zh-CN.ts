/** The console's doors: Chinese. */
export default {
  doors: {
    text: "查找门",
    choose: "从列表中选择一扇门",
    none: "还没有门禁设备。",
    unknown: "没有这扇门，或已被移除。",
    mode: "模式：{mode}",
    burning: "{count} 扇门因消防联动已释放",
    "fire-on": "消防联动：此门已释放，任何人都能通过",
    "fire-was": "最后一次收到的状态是消防释放；现在没有实时数据",
    access: "谁能开这扇门",
    held: "设备内有 {count} 条通行权限",
    pseudonymous: "姓名和权限组在登记册中，您的角色不能查看；通行记录中显示房号，不显示姓名。",
    noLevel: "没有权限组包含这扇门。",
    toPeople: "到登记册查看某人的卡、码和人脸",
    lists: "名单下发",
    noLists: "这扇门的驱动主机没有使用名单。",
    passes: "最近通行",
    noPasses: "还没有通行记录。",
    allPasses: "全部通行记录",
  },
  doorMode: {
    normal: "正常",
    "held-unlocked": "常开",
    fire: "消防释放",
  },
};
