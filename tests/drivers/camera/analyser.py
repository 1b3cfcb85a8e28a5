"""The smallest analyser: says of each frame how bright it is. Run as a program; also hangs, dies and raves.

`python -m tests.drivers.camera.analyser [hang|die|rave|falls]`, see `drivers/camera/analysis/words.py`.
"""

import json
import sys
import time

import numpy as np


def main(mode: str) -> None:
    """Answer each frame until the input ends."""
    frames, answers = sys.stdin.buffer, sys.stdout
    while line := frames.readline():
        header = json.loads(line)
        pixels = np.frombuffer(frames.read(header["size"]), np.uint8)
        pixels = pixels.reshape(header["height"], header["width"], 3)
        if mode == "hang" and header["number"] > 2:
            time.sleep(3600)
        if mode == "die" and header["number"] > 2:
            sys.exit(3)
        label = {"falls": "falling-object", "": "brightness"}.get(mode)
        found = (
            [{"label": label, "score": float(pixels.mean()) / 255}] if header["number"] == 1 and label else []
        )
        answers.write(
            "no sense\n"
            if mode == "rave"
            else json.dumps({"number": header["number"], "detections": found}) + "\n"
        )
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
