"""Writes portable-math.json beside itself: arguments and correctly rounded values, computed by mpmath with 1300 bits.

    pip install mpmath && python3 test/golden/portable-math.py
"""
import json, pathlib, random
import mpmath as mp

mp.mp.prec = 1300
random.seed(1)


def both(low, high):
    """Numbers of both signs whose binary exponent is from low to high."""
    return lambda: random.choice([-1, 1]) * random.uniform(1, 2) * 2.0 ** random.randint(low, high)


positive = lambda: random.uniform(1, 2) * 2.0 ** random.randint(-300, 300)
near_one = lambda: random.uniform(0.5, 2)
unit = lambda: random.choice([-1, 1]) * random.random() ** random.choice([1, 4])
tables = {
    "exp": [lambda: random.uniform(-700, 700), both(-20, 3)],
    "expm1": [lambda: random.uniform(-40, 700), both(-20, 3)],
    "log": [positive, near_one],
    "log2": [positive, near_one],
    "log10": [positive, near_one],
    "log1p": [positive, lambda: random.uniform(-0.99, 2), both(-30, -2)],
    "sin": [both(-20, 10), both(10, 100)],
    "cos": [both(-20, 10), both(10, 100)],
    "tan": [both(-20, 10), both(10, 100)],
    "asin": [unit],
    "acos": [unit],
    "atan": [both(-20, 20)],
    "sinh": [both(-20, 8)],
    "cosh": [both(-20, 8)],
    "tanh": [both(-20, 4)],
    "asinh": [both(-20, 40)],
    "acosh": [lambda: 1 + 2.0 ** random.uniform(-20, 40)],
    "atanh": [unit],
}
log1p = lambda x: mp.log(1 + x)
out = {}
for name, makers in tables.items():
    true = {"log2": lambda x: mp.log(x, 2), "log1p": log1p}.get(name) or getattr(mp, name)
    xs = [make() for make in makers for _ in range(60)]
    out[name] = [[x, float(true(mp.mpf(x)))] for x in xs]
pairs = [(random.uniform(0, 4), random.uniform(-300, 300)) for _ in range(60)]
pairs += [(random.uniform(0.9, 1), random.randint(1, 20000)) for _ in range(60)]
pairs += [(10000.0, 2 * i / 64) for i in range(32)] + [(-1.5, 7.0), (10.0, -3.0), (2.0, -1074.0), (0.0, 3.0)]
out["pow"] = [[x, y, float(mp.power(mp.mpf(x), mp.mpf(y)))] for x, y in pairs]
out["atan2"] = [[y, x, float(mp.atan2(mp.mpf(y), mp.mpf(x)))] for y, x in ((both(-9, 9)(), both(-9, 9)()) for _ in range(60))]
lines = ",\n".join(f'"{name}": {json.dumps(rows)}' for name, rows in out.items())
pathlib.Path(__file__).with_suffix(".json").write_text("{\n" + lines + "\n}\n")
