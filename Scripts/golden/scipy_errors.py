"""Prints the worst errors of scipy.stats at the places of the golden tables, as the article on the accuracy has them.

    python3 -m venv VENV && VENV/bin/pip install scipy==1.17.1
    VENV/bin/python Scripts/golden/scipy_errors.py Tests/GodwitRandomTests/Golden

An error is that of Tests/GodwitRandomTests/LawErrors.swift: relative, over max(1, |ln p| / 100), and for a quantile of a
continuous law over what a relative change of p by 2^-51 makes of it where that is more. What is not a number, or infinite
without reason, is counted; so are quantiles of discrete laws that are another number.
"""
import math
import struct
import sys
import warnings

import numpy as np
import scipy
from scipy import stats

LAWS = {
    "poisson": (stats.poisson, lambda rate: (rate,)),
    "exponential": (stats.expon, lambda rate: (0, 1 / rate)),
    "gamma": (stats.gamma, lambda shape, rate: (shape, 0, 1 / rate)),
    "erlang": (stats.erlang, lambda shape, rate: (shape, 0, 1 / rate)),
    "normal": (stats.norm, lambda mean, deviation: (mean, deviation)),
    "log-normal": (stats.lognorm, lambda mean, deviation: (deviation, 0, math.exp(mean))),
    "uniform": (stats.uniform, lambda lower, upper: (lower, upper - lower)),
    "bernoulli": (stats.bernoulli, lambda p: (p,)),
    "binomial": (stats.binom, lambda n, p: (n, p)),
    "geometric": (stats.geom, lambda p: (p, -1)),
    "negative-binomial": (stats.nbinom, lambda r, p: (r, p)),
    "beta": (stats.beta, lambda a, b: (a, b)),
}
LEAST = 5e-324
NORMAL = 2.0**-1022


def blocks(path):
    data = open(path, "rb").read()
    numbers = struct.unpack(f"<{len(data) // 8}d", data)
    place = 0
    while place < len(numbers):
        first = place + 1 + int(numbers[place])
        end = first + 1 + 5 * int(numbers[first])
        yield numbers[place + 1 : first], np.array(numbers[first + 1 : end]).reshape(-1, 5)
        place = end


class Worst:
    def __init__(self):
        self.error, self.failed, self.count = 0.0, 0, 0

    def compare(self, got, want, allowed):
        """`allowed` is the greatest error that the bound of 1e-13 allows, as a difference."""
        self.count += len(want)
        bad = ~np.isfinite(got) & (got != want)
        self.failed += int(bad.sum())
        error = np.abs(got - want)[~bad] / allowed[~bad] * 1e-13
        self.error = max([self.error, *error])

    def __str__(self):
        return f"{self.error:.0e}" + (f", {self.failed} of {self.count} not finite" if self.failed else "")


def bound(log_p):
    return 1e-13 * np.maximum(1, np.abs(log_p) / 100)


def measure(name):
    law, convert = LAWS[name]
    errors, wrong, asked = [Worst() for _ in range(4)], 0, 0
    discrete = isinstance(law, stats.rv_discrete)
    for parameters, rows in blocks(f"{sys.argv[1]}/law-{name}.f64"):
        if len(rows) == 0:
            continue
        arguments = convert(*parameters)
        x, coded, tail, p, quantile = rows.T
        log_mass = np.where(coded < 0, coded, np.log(np.where(coded > 0, coded, 1)))
        mass = np.where(coded < 0, np.exp(coded), coded)
        log_mass = np.where(coded == 0, -np.inf, log_mass)
        is_upper = np.signbit(tail)
        cdf, survival = np.where(is_upper, 1 - -tail, tail), np.where(is_upper, -tail, 1 - tail)
        log_tail = np.log(np.maximum(np.minimum(cdf, survival), LEAST))
        with np.errstate(all="ignore"):
            got = law.pmf(x, *arguments) if discrete else law.pdf(x, *arguments)
            scale = np.maximum(log_mass, -745) if discrete else log_tail
            errors[0].compare(got, mass, np.maximum(mass, NORMAL) * bound(scale))
            for error, found, want in ((errors[1], law.cdf(x, *arguments), cdf), (errors[2], law.sf(x, *arguments), survival)):
                error.compare(found, want, np.maximum(want, NORMAL) * bound(np.log(np.maximum(want, LEAST))))
            known = ~np.isnan(p)
            p, quantile, mass, log_mass = p[known], quantile[known], mass[known], log_mass[known]
            if len(p) == 0:
                continue
            got = law.ppf(p, *arguments)
            if discrete:
                smaller = np.minimum(p, 1 - p)
                steps = np.floor(smaller * bound(np.log(smaller)) / mass)
                wrong += int((~(np.abs(got - quantile) <= steps)).sum())
                asked += len(p)
            else:
                # The density at x, of which the quantile is what p's rounding makes.
                condition = np.exp(np.log(p) - np.log(np.abs(quantile)) - log_mass)
                errors[3].compare(got, quantile, np.abs(quantile) * np.maximum(bound(np.log(p)), condition * 2.0**-51))
    quantiles = f"{wrong} of {asked} wrong" if discrete else str(errors[3])
    print(f"{name}: {' | '.join(map(str, errors[:3]))} | {quantiles}", flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(f"SciPy {scipy.__version__}: mass or density | cdf | survival | quantile")
    for name in sys.argv[2:] or LAWS:
        measure(name)
