"""An alarm is handed to the police grid officer of its area (移交警格), with receipt and answers."""
