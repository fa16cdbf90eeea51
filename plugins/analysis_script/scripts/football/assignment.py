"""The assignment problem: who goes with whom at the least cost in all (Kuhn and Munkres, by shortest augmenting paths)."""

import numpy as np


def solve(cost, too_much):
    """Pairs (row, column) of the cheapest assignment of a cost matrix; pairs that cost too_much or more are left out."""
    cost = np.asarray(cost, float)
    if cost.size == 0:
        return []
    turned = cost.shape[0] > cost.shape[1]
    table = np.minimum(cost.T if turned else cost, too_much)
    rows, columns = table.shape
    row_price, column_price = np.zeros(rows + 1), np.zeros(columns + 1)
    owner = np.zeros(columns + 1, int)  # row (from 1) of each column (from 1); column 0 is where a search begins
    for row in range(1, rows + 1):
        owner[0] = row
        least = np.full(columns + 1, np.inf)
        came_from = np.zeros(columns + 1, int)
        done = np.zeros(columns + 1, bool)
        at = 0
        while owner[at] != 0:
            done[at] = True
            reduced = table[owner[at] - 1] - row_price[owner[at]] - column_price[1:]
            better = ~done[1:] & (reduced < least[1:])
            least[1:][better] = reduced[better]
            came_from[1:][better] = at
            open_least = np.where(done, np.inf, least)
            following = int(np.argmin(open_least[1:])) + 1
            step = open_least[following]
            row_price[owner[done]] += step
            column_price[done] -= step
            least[~done] -= step
            at = following
        while at != 0:
            owner[at] = owner[came_from[at]]
            at = came_from[at]
    pairs = [(owner[c] - 1, c - 1) for c in range(1, columns + 1) if owner[c] != 0]
    if turned:
        pairs = [(c, r) for r, c in pairs]
    return [(r, c) for r, c in pairs if cost[r, c] < too_much]
