"""E-bike posts that speak DNY, as the AP3000 does (电动自行车设备与服务器通信协议 8.6)."""
