/** The console's devices, doors and charging: Chinese. */
import charging from "./console-charging.zh-CN";
import devices from "./console-devices.zh-CN";
import doors from "./console-doors.zh-CN";

export default { ...charging, ...devices, ...doors };
