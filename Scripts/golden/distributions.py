"""Writes golden data of the distributions: mpmath 1.3.0 at 50 digits and more, rounded to float64.

    python3 -m venv VENV && VENV/bin/pip install mpmath==1.3.0 gmpy2
    VENV/bin/python Scripts/golden/distributions.py Tests/GodwitRandomTests/Golden

A file has for each choice of parameters a block of little-endian float64: how many parameters, the parameters, how many rows,
the rows. Parameters and x are float64 themselves. A row is

- x;
- the mass or the density, or its logarithm where the mass is below the normal numbers (it is the one that is below 0);
- the smaller of P(X <= x) and P(X > x), the second with a minus sign: the other is one less it;
- a probability p and its quantile, NaN where float64 has no such p. For a continuous law p is P(X <= x), rounded, and the
  quantile is found by Newton's method on the logarithm of the tail. For a discrete law x is the quantile of p, the least
  of which the cdf, rounded, is p or more: p is at random between the two steps of the cdf, or by a few 1e-10 of the tail
  above the one or below the other.
"""
import math
import random
import struct
import sys
import time

from mpmath import mp, mpf

from laws import LAWS

PLACES = 12  # of a choice of parameters, at most


def continuous_quantile(law, parameters, x, log_density, lower, upper):
    p = float(lower)
    if not 0 < p < 1:
        return math.nan, math.nan
    to, back, slope = law.variable
    isLower = p <= 0.5
    target = mp.log(mpf(p) if isLower else 1 - mpf(p))
    x = mpf(x)
    while True:
        tail = lower if isLower else upper
        missing = target - mp.log(tail)
        step = missing * tail / (mp.exp(log_density) * slope(x))
        x = back(to(x) + (step if isLower else -step))
        # What is left of it is of the order of the square.
        if abs(missing) < 1e-15:
            return p, float(x)
        log_density, lower, upper = law.evaluate(x, *parameters)


def discrete_quantile(generator, k, mass, lower, upper):
    before = lower - mass if k else mpf(0), upper + mass if k else mpf(1)
    after = lower, upper
    if mass == 0:
        return math.nan, math.nan
    share = mass / min(max(before[0], mass), upper + mass)
    near = generator.uniform(2e-10, 5e-10)
    for kind in [generator.choice("<>|"), "|"]:
        # Steps that are closer than the tails are accurate to have no place near but their middle.
        between = generator.random() if share > 1e-8 else generator.uniform(0.3, 0.7)
        if kind == "|":
            tails = before[0] + between * mass, before[1] - between * mass
        else:
            (low, high), sign = (after, -1) if kind == "<" else (before, 1)
            tails = (low * (1 + sign * near), 1 - low * (1 + sign * near)) if low < high else (1 - high * (1 - sign * near), high * (1 - sign * near))
        p = float(tails[0]) if tails[0] < tails[1] else 1 - float(tails[1])
        margin = mpf("1e-11") * min(p, 1 - mpf(p)) if share > 1e-8 else 0
        if 0 < p < 1 and float(before[0] + margin) < p <= float(lower - margin):
            return p, k
    return math.nan, math.nan


def row(law, parameters, x, generator):
    log_mass, lower, upper = law.evaluate(x if law.discrete else mpf(x), *parameters)
    if log_mass > 709:
        return None
    if law.discrete:
        p, quantile = discrete_quantile(generator, x, mp.exp(log_mass), lower, upper)
    else:
        p, quantile = continuous_quantile(law, parameters, x, log_mass, lower, upper)
    smaller = float(lower) if lower <= upper else -float(upper)
    return x, float(log_mass if log_mass < -708 else mp.exp(log_mass)), smaller, p, quantile


def main(folder, names):
    mp.dps = 100
    for name in names or LAWS:
        law, generator, start, counts = LAWS[name], random.Random(2), time.time(), [0, 0]
        with open(f"{folder}/law-{name}.f64", "wb") as file:
            for parameters in law.parameters(generator):
                places = sorted(law.places(generator, *parameters))
                chosen = sorted(generator.sample(places, min(PLACES, len(places))))
                rows = [found for x in chosen if (found := row(law, parameters, x, generator))]
                numbers = [len(parameters), *parameters, len(rows), *(number for found in rows for number in found)]
                file.write(struct.pack(f"<{len(numbers)}d", *numbers))
                counts[0] += len(rows)
                counts[1] += sum(found[3] == found[3] for found in rows)
        print(f"{name}: {counts[0]} places, {counts[1]} quantiles, {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
