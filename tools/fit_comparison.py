"""Fit what a place that differs is worth: the coefficients of recognisers/faces/score.py.

    python tools/fit_comparison.py collect --designs 4 --seed 1000 --out places.jsonl
    python tools/fit_comparison.py fit places.jsonl [MORE...]

`collect` draws pairs of faces by clearlane.sample and by the other hands, reads and compares
them, and writes the features of each place of each pair. `fit` prints the coefficients: logistic
with the chances of all places of a pair multiplied, pairs with and without a fault weighing
alike, coefficients held towards 0 (L2). Report on other seeds: python -m bench.compare_faces.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from clearlane.recognisers import comparison
from clearlane.recognisers.faces import alignment, score

KINDS = score.REGION, score.LABEL, score.LINE
HELD = 0.004
"""Of a coefficient's square, beside the mean loss of a pair."""


def collect(designs: int, seed: int) -> Iterator[dict[str, Any]]:
    """The places of each pair that can be laid upon each other."""
    from bench import compare_faces, faces_by_hands

    known: dict[bytes, Any] = {}
    for drawn in (compare_faces.pairs(designs, seed), faces_by_hands.pairs(designs, seed)):
        for pair in drawn:
            before, now = pair.registered.jpeg, pair.new.jpeg
            if before not in known:
                known = {before: compare_faces.read(pair.registered, truth=False)}
            laid = comparison.laid(
                alignment.prepared(before), alignment.prepared(now),
                compare_faces.read(pair.new, truth=False), known[before],
            )  # fmt: skip
            if laid is not None:
                places = [one.features for one in comparison.differing(laid)]
                yield {'wrong': pair.wrong, 'places': places}


def fit(pairs: list[dict[str, Any]]) -> tuple[list[NDArray[Any]], float]:
    """Coefficients of places by their kind, and the chance of an unseen fault."""
    sizes = [len(names) for names in KINDS]
    starts = np.cumsum([0, *sizes])
    rows: list[NDArray[Any]] = []
    owner: list[int] = []
    for k, pair in enumerate(pairs):
        for place in pair['places']:
            row, at = np.zeros(starts[-1]), starts[sizes.index(len(place))]
            row[at : at + len(place)] = place
            rows.append(row)
            owner.append(k)
    table, of = np.array(rows), np.array(owner)
    spread = np.maximum(table.std(axis=0), 1e-3)
    spread[starts[:-1]] = 1
    wrong = np.array([bool(pair['wrong']) for pair in pairs])
    worth = np.where(wrong, 0.5 / wrong.sum(), 0.5 / (~wrong).sum())

    def loss(weights: NDArray[Any]) -> tuple[float, NDArray[Any]]:
        odds = table / spread @ weights[1:]
        # The log of the chance that no place, and nothing unseen, is a fault.
        nothing = np.bincount(of, -np.logaddexp(0, odds), len(pairs))
        nothing = np.minimum(nothing - np.logaddexp(0, weights[0]), -1e-9)
        value = -np.sum(worth * np.where(wrong, np.log(-np.expm1(nothing)), nothing))
        by_log = worth * np.where(wrong, np.exp(nothing) / -np.expm1(nothing), -1.0)
        chances = 1 / (1 + np.exp(-odds))
        held = HELD * weights[1:]
        held[starts[:-1]] = 0
        slope = -(table / spread).T @ (by_log[of] * chances) + held
        unseen = -by_log.sum() / (1 + np.exp(-weights[0]))
        return float(value + 0.5 * held @ weights[1:]), np.concatenate([[unseen], slope])

    start = np.zeros(1 + table.shape[1])
    start[0], start[1 + starts[:-1]] = -3, -2
    found = minimize(loss, start, jac=True, method='L-BFGS-B')
    weights = found.x[1:] / spread
    parted = np.split(weights, starts[1:-1])
    return parted, float(1 / (1 + np.exp(-found.x[0])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest='verb', required=True)
    first = verbs.add_parser('collect')
    first.add_argument('--designs', type=int, default=4)
    first.add_argument('--seed', type=int, default=1000)
    first.add_argument('--out', type=Path, required=True)
    verbs.add_parser('fit').add_argument('files', type=Path, nargs='+')
    asked = parser.parse_args()
    if asked.verb == 'collect':
        with asked.out.open('w') as out:
            for pair in collect(asked.designs, asked.seed):
                out.write(json.dumps(pair) + '\n')
        return
    pairs = [json.loads(line) for file in asked.files for line in file.read_text().splitlines()]
    parted, unseen = fit(pairs)
    for names, weights in zip(KINDS, parted, strict=True):
        print({name: round(float(w), 3) for name, w in zip(names, weights, strict=True)})
    print('unseen', round(unseen, 4), 'pairs', len(pairs))


if __name__ == '__main__':
    main()
