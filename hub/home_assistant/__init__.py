"""Shows the site's devices to a Home Assistant, by its MQTT discovery; off unless the site file says so."""
