"""History in InfluxDB 1.8, 2 or 3: written by the v2 write API, read by InfluxQL, with a buffer on disk."""
