"""Face terminals that speak the MQTT words known as "facesluice", after the field that holds their number.

Sources: public copies of "MQTT protocol", V1.24 (terminals) and V1.25 (cameras), and adapters built on them.
"""
