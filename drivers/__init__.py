"""Device protocol to contract messages: one folder a device family, `runtime` runs them."""
