"""HTTP and WebSocket: what dashboards, people's scripts and other systems talk to."""
