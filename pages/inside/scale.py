"""What the colours of a layer's maps mean, as a bar with its ends in numbers."""

from dataclasses import dataclass

from torch import Tensor

from core.explanation import colour_scale
from core.inside.drawing import DARK, full_strength, is_signed

KEY = "display:flex;gap:8px;align-items:center;font-size:0.8rem"
BAR = "display:inline-block;width:120px;height:10px;border-radius:5px"


@dataclass(frozen=True)
class Scale:
    """low, high: its ends in words; colours: between them, as CSS; meaning: a sentence"""

    low: str
    high: str
    colours: str
    meaning: str

    @classmethod
    def of(cls, maps: Tensor) -> "Scale":
        """Of maps, [channels, height, width] or [channels], as `maps_as_pictures` draws them."""
        signed, strong = is_signed(maps), f"{full_strength(maps):.2g}"
        stops = colour_scale(signed)
        if signed:
            low, meaning = f"-{strong} or less", "Red is above 0, blue is below, and white is 0."
        else:
            low, meaning = "0", "Dark is 0, and the lighter a place, the higher its value."
            stops = f"rgb{DARK},{stops}"
        return cls(low, f"{strong} or more", f"linear-gradient(90deg,{stops})", meaning)

    @property
    def html(self) -> str:
        return (
            f'<div style="{KEY}"><span>{self.low}</span><span style="{BAR};'
            f'background:{self.colours}"></span><span>{self.high}</span></div>'
        )
