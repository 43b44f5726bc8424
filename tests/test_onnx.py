"""The networks together: what they hold in memory."""

from __future__ import annotations

import subprocess
import sys

ALL = """
import numpy as np
from clearlane.recognisers.labels import networks
from clearlane.recognisers.text import detection, recognition

detection.text_map(np.full((960, 960, 3), 200, np.uint8))
for size in ('tiny', 'small'):
    recognition.output(np.full((48, 1600, 3), 200, np.uint8), size)
networks.find(np.full((480, 640, 3), 200, np.uint8))
networks.name(np.full((60, 96, 96, 3), 200, np.uint8))
# Not getrusage: a child starts with the peak of the process that it was forked from.
print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))
"""


def test_networks_share_their_memory() -> None:
    """Each at its largest input takes 250 MB in all; with a store for each it was 340."""
    said = subprocess.run([sys.executable, '-c', ALL], check=True, capture_output=True, text=True)
    assert int(said.stdout.split()[1]) / 1024 < 290
