/** The administration: English. */
import definitions from "./admin-definitions.en";
import devices from "./admin-devices.en";
import health from "./admin-health.en";
import people from "./admin-people.en";
import plans from "./admin-plans.en";
import tokens from "./admin-tokens.en";

export default {
  ...definitions,
  ...devices,
  ...health,
  ...people,
  ...plans,
  ...tokens,
  admin: {
    page: "Administration",
    places: "Pages",
    console: "Console",
    health: "Health",
    people: "People",
    tokens: "Screens and machines",
    plans: "Plans",
    devices: "Commissioning",
    definitions: "Alarm definitions",
  },
};
