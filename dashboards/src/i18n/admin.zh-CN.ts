/** The administration: Chinese. */
import definitions from "./admin-definitions.zh-CN";
import devices from "./admin-devices.zh-CN";
import health from "./admin-health.zh-CN";
import people from "./admin-people.zh-CN";
import plans from "./admin-plans.zh-CN";
import tokens from "./admin-tokens.zh-CN";

export default {
  ...definitions,
  ...devices,
  ...health,
  ...people,
  ...plans,
  ...tokens,
  admin: {
    page: "系统管理",
    places: "页面",
    console: "值班台",
    health: "运行状况",
    people: "人员",
    tokens: "大屏与接口",
    plans: "平面图",
    devices: "设备验收",
    definitions: "报警定义",
  },
};
