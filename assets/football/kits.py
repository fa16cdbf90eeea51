"""What the two teams, their keepers and the officials wear."""

# BGR of shirt, shorts, socks, number, and a stripe where there is one.
KITS = {
    "white": dict(shirt=(238, 240, 242), shorts=(236, 238, 240), socks=(232, 234, 236), number=(60, 40, 40)),
    "red": dict(shirt=(48, 32, 170), shorts=(44, 30, 150), socks=(44, 30, 150), number=(235, 235, 235)),
    "blue": dict(shirt=(170, 70, 30), shorts=(225, 225, 225), socks=(165, 70, 30), number=(240, 240, 240)),
    "yellow": dict(shirt=(50, 210, 235), shorts=(120, 60, 25), socks=(50, 205, 230), number=(60, 40, 20)),
    "black": dict(shirt=(38, 34, 34), shorts=(34, 32, 32), socks=(36, 34, 34), number=(220, 220, 220)),
    "sky": dict(shirt=(225, 185, 120), shorts=(235, 235, 235), socks=(225, 185, 120), number=(60, 40, 40)),
    "lime": dict(shirt=(75, 235, 150), shorts=(70, 225, 145), socks=(70, 225, 145), number=(50, 60, 30)),
    "stripes": dict(
        shirt=(230, 230, 232), shorts=(40, 36, 36), socks=(40, 36, 36), number=(40, 36, 36), stripe=(40, 36, 36)
    ),
}
KEEPERS = [
    dict(shirt=(40, 140, 245), shorts=(38, 135, 235), socks=(38, 135, 235), number=(30, 30, 30)),
    dict(shirt=(170, 60, 140), shorts=(160, 55, 130), socks=(160, 55, 130), number=(230, 230, 230)),
]
OFFICIAL = dict(shirt=(215, 200, 60), shorts=(30, 28, 28), socks=(30, 28, 28), number=(215, 200, 60))
