"""When a limpet may leave its rock."""

from math import cos, pi

HIGH, LOW = 4.2, 0.6


def depth(hour: float) -> float:
    """Metres of water over the rock, twelve hours from flood to flood."""
    return (HIGH + LOW) / 2 + (HIGH - LOW) / 2 * cos(hour / 6 * pi)


for hour in range(13):
    print(f"{hour:2}  {depth(hour):4.1f} m  " + "~" * round(depth(hour) * 7))
