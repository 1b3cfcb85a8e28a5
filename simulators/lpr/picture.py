"""What a plate camera takes: a small picture of a car, and the part of it with the plate.

OpenCV's letters know no Chinese: the province is a box with its number in the list of provinces.
"""

from functools import lru_cache

import cv2
import numpy as np

from simulators.lpr.plates import PROVINCES, is_new_energy

_SEGMENT = 0xFFFF - 2
_BLUE, _GREEN, _WHITE, _BLACK = (180, 80, 20), (120, 190, 90), (255, 255, 255), (20, 20, 20)


@lru_cache(maxsize=64)
def pictures(plate: str, size: int) -> tuple[bytes, bytes]:
    """Paint the lane and the plate as JPEGs, the lane made `size` bytes long where it is shorter."""
    part = np.full((44, 140, 3), _GREEN if is_new_energy(plate) else _BLUE, np.uint8)
    ink = _BLACK if is_new_energy(plate) else _WHITE
    if plate:
        cv2.rectangle(part, (4, 8), (22, 36), ink, 1)
        province = str(PROVINCES.find(plate[0]) + 1)
        cv2.putText(part, province, (6, 28), cv2.FONT_HERSHEY_PLAIN, 0.8, ink, 1, cv2.LINE_AA)
        cv2.putText(part, plate[1:], (26, 32), cv2.FONT_HERSHEY_SIMPLEX, 0.7, ink, 2, cv2.LINE_AA)
    else:
        part[:] = (60, 80, 100)  # mud
    whole = np.full((240, 320, 3), 90, np.uint8)
    cv2.rectangle(whole, (70, 40), (250, 215), (60, 50, 40), cv2.FILLED)
    cv2.rectangle(whole, (90, 55), (230, 110), (150, 140, 120), cv2.FILLED)
    whole[160:204, 90:230] = part
    return _padded(_jpeg(whole), size), _jpeg(part)


def _jpeg(picture: np.ndarray) -> bytes:
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])[1])


def _padded(jpeg: bytes, size: int) -> bytes:
    """Make a JPEG longer by comments (ITU-T T.81, B.2.4.5) behind its first marker."""
    comments = bytearray()
    while (missing := size - len(jpeg) - len(comments)) >= 4:
        length = min(missing - 2, _SEGMENT)
        if 0 < missing - 2 - length < 4:
            length -= 4
        comments += b"\xff\xfe" + length.to_bytes(2, "big") + bytes(length - 2)
    return jpeg[:2] + bytes(comments) + jpeg[2:]
