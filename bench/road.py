"""How long a batch takes from the first photograph to its decision, beside the pilots.

    python -m bench.road

runs `clearlane demo` in a folder of its own and tabulates what it measured. The
photographs are synthetic. The pilots' 30 minutes are the published figure; they stand
for the wait of an enterprise, of which a machine is only a part.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile


def main() -> int:
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [sys.executable, '-m', 'clearlane.cli', 'demo', '--json'],
            env={**os.environ, 'CLEARLANE_HOME': home},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    print(f'{"batch (20 boxes, 40 photographs)":<34} {"outcome":<9} {"seconds":>8}  steps, pilots')
    for answer in answers:
        steps = ', '.join(f'{name} {value:.1f}' for name, value in answer['steps'].items())
        print(
            f'{answer["batch"]:<34} {answer["outcome"]:<9} {answer["seconds"]:>8.1f}  {steps};'
            f' pilots {60 * answer["pilot_minutes"]}'
        )
    return 0


if __name__ == '__main__':
    sys.exit(main())
