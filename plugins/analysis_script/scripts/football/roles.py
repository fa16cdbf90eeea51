"""What someone is: a player, a keeper, the referee. Keepers and referees wear neither team's colours; a keeper stands at a goal."""

import numpy as np

import pitch

NEITHER = 2
_AREA_M = 20.0
_ENOUGH = 6


class Roles:
    def __init__(self):
        self.mean_x = np.array([np.nan, np.nan])  # of each team's players, over half a minute or so

    def name(self, track, place):
        """(team index or None, class) of a track that is at place (metres or None)."""
        team = track.team
        if team is None:
            return None, "player"
        if place is not None:
            self._learn(track, team, place)
        if team != NEITHER:
            return team, "player"
        at_goals = track.keeper_votes.sum()
        if at_goals + track.field_votes < _ENOUGH:
            return None, "player"
        if at_goals > 2 * track.field_votes:
            return self._team_at(int(np.argmax(track.keeper_votes))), "keeper"
        return None, "referee"

    def _learn(self, track, team, place):
        if team != NEITHER:
            old = self.mean_x[team]
            self.mean_x[team] = place[0] if np.isnan(old) else old + 0.003 * (place[0] - old)
            return
        if place[0] < _AREA_M:
            track.keeper_votes[0] += 1
        elif place[0] > pitch.LENGTH - _AREA_M:
            track.keeper_votes[1] += 1
        else:
            track.field_votes += 1

    def _team_at(self, goal):
        """The team that defends the left goal (0) or the right one (1): the one that stands nearer to it."""
        if np.isnan(self.mean_x).any():
            return None
        return int(np.argmin(self.mean_x)) if goal == 0 else int(np.argmax(self.mean_x))
