"""How colour samples are called as channels."""

from mifakit.readers.base import Channel

RGB = (Channel("Red", "FF0000"), Channel("Green", "00FF00"), Channel("Blue", "0000FF"))
ALPHA = Channel("Alpha")
