"""Writes golden data of the steps of discrete laws: both tails of exact arithmetic or mpmath 1.3.0 at 60 digits, each rounded once.

    VENV/bin/python Scripts/golden/steps.py Tests/GodwitRandomTests/Golden

Rows of float64: the law by its place in LAWS, its two parameters, k, P(X <= k), P(X > k), and 1 where the library is to have both
to the last bit, 0 where the masses to add up are too many.
"""
import math
import struct
import sys
from fractions import Fraction

from mpmath import mp, mpf

LAWS = ["poisson", "geometric", "binomial", "negative-binomial"]


def masses(law, a, b):
    """ln P(X = k) and j P(X = j) / P(X = j - 1), as functions."""
    a, b = mpf(a), mpf(b)
    if law == "poisson":
        return (lambda k: k * mp.log(a) - a - mp.loggamma(k + 1)), lambda j: a
    if law == "binomial":
        log_ways = lambda k: mp.loggamma(a + 1) - mp.loggamma(k + 1) - mp.loggamma(a - k + 1)
        return (lambda k: log_ways(k) + k * mp.log(b) + (a - k) * mp.log1p(-b)), lambda j: (a - j + 1) * b / (1 - b)
    log_ways = lambda k: mp.loggamma(k + a) - mp.loggamma(a) - mp.loggamma(k + 1)
    return (lambda k: log_ways(k) + a * mp.log(b) + k * mp.log1p(-b)), lambda j: (a + j - 1) * (1 - b)


def tails(law, a, b, k):
    if law == "geometric":
        p = Fraction(a)
        above = (1 - p) ** (k + 1)
        return 1 - above, above
    if law == "binomial" and a <= 300:
        p = Fraction(b)
        below = sum(math.comb(a, j) * p**j * (1 - p) ** (a - j) for j in range(k + 1))
        return below, 1 - below
    if law == "negative-binomial" and a == int(a) and k + a <= 300:
        p = Fraction(b)
        below = p ** int(a) * sum(math.comb(j + int(a) - 1, j) * (1 - p) ** j for j in range(k + 1))
        return below, 1 - below
    log_mass, rise = masses(law, a, b)
    total = mpf(0)
    if rise(k + 1) >= k + 1:
        term, j = mpf(1), k
        while term > total * mpf(10) ** -50:
            total, term, j = total + term, term * j / rise(j) if j else 0, j - 1
        below = total * mp.exp(log_mass(k))
        return below, 1 - below
    term, j = rise(k + 1) / (k + 1), k + 1
    while term > total * mpf(10) ** -50:
        total, term, j = total + term, term * rise(j + 1) / (j + 1), j + 1
    above = total * mp.exp(log_mass(k))
    return 1 - above, above


def rounded(x):
    return x.numerator / x.denominator if isinstance(x, Fraction) else float(x)


def choices():
    for tenths in range(1, 201):
        yield "poisson", tenths / 10, 0, [0], 1
    for rate in [0.5, 1, 2, 3, 5, 7.5, 10, 20.25, 50, 100, 333.3, 700, 1500, 4000.5, 10000, 29000]:
        yield "poisson", rate, 0, around(rate, rate), 1
    for p in [0.5, 0.25, 0.1, 0.75, 0.01, 1 / 3, 1e-3, 0.9]:
        yield "geometric", p, 0, around((1 - p) / p, (1 - p) / p**2), 1
    for trials in [1, 2, 5, 11, 20, 53, 54, 55, 60, 100, 300, 2000, 20001, 100000]:
        for p in [0.5, 0.25, 0.1, 0.9, 1 / 3, 1e-5]:
            places = around(trials * p, trials * p * (1 - p))
            yield "binomial", trials, p, [k for k in places if k < trials], 1
    for successes in [1, 2, 3, 5, 20, 100, 400, 0.5, 2.5, 17.3, 1000.5]:
        for p in [0.5, 0.25, 0.1, 0.9, 1 / 3]:
            mean = successes * (1 - p) / p
            if mean <= 1000:
                yield "negative-binomial", successes, p, around(mean, mean / p), 1
    yield "binomial", 3, 1e-100, [0, 1, 2], 1
    yield "binomial", 48, 1e-200, [0, 1, 25, 47], 1
    yield "binomial", 10**15, 1e-14, around(10, 10), 1
    yield "poisson", 1e6, 0, around(1e6, 1e6), 0
    yield "binomial", 10**6, 0.3, around(3e5, 2.1e5), 0
    yield "negative-binomial", 1e5 + 0.5, 0.2, around(4e5, 2e6), 0


def around(mean, variance):
    places = {0, 1, 2} if mean < 100 else set()
    return sorted(places | {max(0, int(mean + t * math.sqrt(variance))) for t in (-2.5, -1, -0.3, 0, 0.4, 1, 2, 4)})


def main(folder):
    mp.dps = 60
    with open(f"{folder}/steps.f64", "wb") as file:
        for law, a, b, places, is_rounded in choices():
            for k in places:
                below, above = tails(law, a, b, k)
                file.write(struct.pack("<7d", LAWS.index(law), a, b, k, rounded(below), rounded(above), is_rounded))


if __name__ == "__main__":
    main(sys.argv[1])
