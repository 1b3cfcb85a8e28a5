"""What a face terminal's camera takes: a drawn face, the same for everybody."""

from functools import lru_cache

import cv2
import numpy as np


@lru_cache(maxsize=1)
def face_jpeg() -> bytes:
    """Paint a face as a JPEG."""
    picture = np.full((160, 120, 3), (200, 190, 180), np.uint8)
    cv2.ellipse(picture, (60, 80), (38, 52), 0, 0, 360, (150, 180, 220), cv2.FILLED)
    for x in (45, 75):
        cv2.circle(picture, (x, 68), 5, (40, 40, 40), cv2.FILLED)
    cv2.ellipse(picture, (60, 100), (16, 8), 0, 0, 180, (60, 60, 150), 2)
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])[1])
