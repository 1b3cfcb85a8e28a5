/** The console's devices, doors and charging: English. */
import charging from "./console-charging.en";
import devices from "./console-devices.en";
import doors from "./console-doors.en";

export default { ...charging, ...devices, ...doors };
