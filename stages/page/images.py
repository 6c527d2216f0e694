"""Images on the page."""

import base64
import io

import numpy as np
from PIL import Image


def png(image: np.ndarray) -> str:
    """A uint8 image [C, H, W] as a data URI."""
    pixels = image[0] if len(image) == 1 else image.transpose(1, 2, 0)
    content = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(content, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"
