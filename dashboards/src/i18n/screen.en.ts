/** How a screen looks and keeps honest: English. */
export default {
  phase: {
    connecting: "Connecting",
    live: "Live",
    "catching-up": "Catching up",
    "cut-off": "Cut off",
    "signed-out": "Not signed in",
    "not-allowed": "Not allowed",
    "link-offline": "Broker offline",
  },
  banner: {
    cutOff: "Cut off from the hub: this picture is not live",
    never: "Cannot reach the hub",
    linkOffline: "The hub has lost the MQTT broker: no device state is live",
    since: "since {time}, for {age}",
    retryIn: "trying again in {seconds} s",
    retrying: "trying again…",
  },
  barred: {
    "signed-out": "Not signed in, or the sign-in has ended",
    "not-allowed": "This account may not see devices",
    text: "Sign in with an account that may. This page then goes on by itself.",
    link: "Go to sign-in",
  },
  palette: {
    switch: "Colours: by the hour, night, day",
    auto: "Auto",
    night: "Night",
    day: "Day",
  },
  wallMore: {
    devices: "{count} more devices are not shown here",
    needing: "{count} more devices are not shown here, {needing} of them need a person",
    of: "{shown} of {count}",
    plan: "No room for the plan",
    hosts: "{count} others run well",
    allHosts: "all {count} ready",
  },
  canaryLight: {
    heading: "Test alarm",
    came: "came through at {time}",
    late: "did not come through, last at {time}",
    never: "never came through",
    none: "none was due yet",
    unknown: "not known",
  },
  alarmScene: {
    heading: "Scene of the alarm",
    of: "{title}, {place}",
    taken: "taken {time}",
  },
};
