"""History: every measurement and every change of state, as series over time."""
