"""Writes golden data of the special functions: mpmath 1.3.0 at 50 digits and more, rounded to float64.

    python3 -m venv VENV && VENV/bin/pip install mpmath==1.3.0 gmpy2
    VENV/bin/python Scripts/golden/special_functions.py Tests/GodwitRandomTests/Golden

Each file is rows of little-endian float64, one column for each name in COLUMNS. Arguments are float64 themselves, so what is
compared is the function, not the rounding of its arguments. Both tails come from convergent series of positive terms with
as many more digits as the complement needs, or, at great parameters, from quadrature of the density; where both can be
done they are compared. A quantile is that of the rounded probability: the argument, moved by one Newton step.
"""
import random
import struct
import sys

from mpmath import mp, mpf
from mpmath.calculus.quadrature import GaussLegendre

COLUMNS = {
    "gamma": ["a", "x", "lower", "upper", "log lower", "log upper", "quantile of lower", "quantile of upper"],
    "beta": ["a", "b", "x", "lower", "upper", "log lower", "log upper", "quantile of lower", "quantile of upper"],
    "normal": ["z", "upper", "log upper", "quantile of upper"],
    "functions": ["function", "x", "value"],
}
FARTHEST = 1500  # |ln p| of the farthest tails
with mp.workdps(80):
    NODES = GaussLegendre(mp).get_nodes(mpf(0), mpf(1), 6, mp.prec)


def tail_integral(exponent, slope, curvature):
    """The integral over s > 0 of exp(-exponent(s)), an exponent that grows at least as fast as it begins to.

    Gauss and Legendre's rule of 96 nodes on two pieces up to where the integrand is 1e-56, at 75 digits; see `check`.
    """
    with mp.workdps(75):
        end = 1 / mp.sqrt(curvature + slope * slope)
        while exponent(end) < 130:
            end *= mpf(5) / 4
        half = end / 2
        return half * mp.fsum(
            weight * mp.exp(-exponent(half * (piece + place))) for piece in range(2) for place, weight in NODES)


def gamma_log_density(a, x):
    """The logarithm of the density of ln X, X gamma distributed."""
    return a * mp.log(x) - x - mp.loggamma(a)


def gamma_series(a, x):
    term = total = mpf(1)
    n = 0
    while term > total * mpf(10) ** -mp.dps:
        n += 1
        term *= x / (a + n)
        total += term
    lower = mp.exp(gamma_log_density(a, x)) / a * total
    return lower, 1 - lower


def gamma_quadrature(a, x):
    side = 1 if x > a else -1
    exponent = lambda s: side * (x - a) * s + x * (mp.expm1(side * s) - side * s)
    small = mp.exp(gamma_log_density(a, x)) * tail_integral(exponent, abs(x - a), x)
    return (1 - small, small) if side == 1 else (small, 1 - small)


def gamma_tails(a, x):
    distance = x - a + a * mp.log(a / x)
    with mp.workdps(int(90 + distance / 2.3 + abs(mp.log10(a)))):
        if a <= 400:
            return gamma_series(mpf(a), mpf(x))
    with mp.workdps(100):
        return gamma_quadrature(mpf(a), mpf(x))


def beta_log_density(a, b, x, y):
    """The logarithm of the density of ln(X / (1 - X)), X beta distributed."""
    return a * mp.log(x) + b * mp.log(y) + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)


def beta_series(a, b, x, y):
    if x > mpf(1) / 2:
        return beta_series(b, a, y, x)[::-1]
    term = total = mpf(1)
    n = 0
    while term > total * mpf(10) ** -mp.dps or (a + b + n) * x > (a + 1 + n):
        term *= x * (a + b + n) / (a + 1 + n)
        n += 1
        total += term
    lower = mp.exp(beta_log_density(a, b, x, y)) / a * total
    return lower, 1 - lower


def beta_quadrature(a, b, x, y):
    slope = a - (a + b) * x
    if slope < 0:
        return beta_quadrature(b, a, y, x)[::-1]
    exponent = lambda s: slope * s + (a + b) * (mp.log1p(x * mp.expm1(-s)) + x * s)
    small = mp.exp(beta_log_density(a, b, x, y)) * tail_integral(exponent, slope, (a + b) * x * y)
    return small, 1 - small


def beta_distance(a, b, x):
    with mp.workdps(60):
        a, b, x = mpf(a), mpf(b), mpf(x)
        return a * mp.log(a / (a + b) / x) + b * mp.log(b / (a + b) / (1 - x))


def beta_tails(a, b, x):
    distance = beta_distance(a, b, x)
    with mp.workdps(int(100 + distance / 2.3 + abs(mp.log10(a)) + abs(mp.log10(b)) - min(0, float(mp.log10(x))) * min(a, 1))):
        a, b, x = mpf(a), mpf(b), mpf(x)
        if min(a, b) <= 400:
            return beta_series(a, b, x, 1 - x)
    with mp.workdps(110):
        return beta_quadrature(a, b, x, 1 - x)


def quantiles(x, tails, slope):
    """The arguments at which the tails are their values rounded to float64; slope is the density of x."""
    moved = []
    for tail, sign in zip(tails, (1, -1)):
        normal = mpf(2) ** -1021 < tail < 1
        moved.append(x + sign * (mpf(float(tail)) - tail) / slope if normal else mpf("nan"))
    return moved


def row_of_tails(arguments, x, tails, density):
    with mp.workdps(80):
        logs = [mp.log(tail) if tail < 0.5 else mp.log1p(-other) for tail, other in zip(tails, tails[::-1])]
        return [*arguments, *tails, *logs, *quantiles(mpf(x), tails, density)]


def gamma_rows(generator):
    shapes = [1e-12, 1e-6, 1e-3, 0.02, 0.3, 0.5, 1, 1.5, 2, 3.7, 10, 20.5, 31, 32, 33, 50, 100, 300, 399, 1e3, 1e4, 1e6, 1e9, 1e12, 1e15]
    shapes += [10 ** generator.uniform(-2, 3) for _ in range(16)] + [10 ** generator.uniform(3, 15) for _ in range(6)]
    for a in shapes:
        places = [a * f for f in (1e-30, 1e-8, 1e-3, 0.1, 0.3, 0.6, 0.9, 1, 1.1, 1.7, 3, 10, 50)]
        places += [1e-300, 1e-17, 1e-5, 0.05, 0.4, 0.8, 1, 1.05, 2, 5, 20, 100, 600] if a < 3 else []
        places += [a + t * a**0.5 for t in (-36, -15, -8, -4, -2, -1, -0.1, -1e-3, 1e-3, 0.1, 1, 2, 4, 8, 15, 38)]
        for x in sorted(set(places)):
            if x <= 0 or x - a + a * mp.log(mpf(a) / x) > FARTHEST:
                continue
            tails = gamma_tails(a, x)
            with mp.workdps(80):
                density = mp.exp(gamma_log_density(mpf(a), mpf(x))) / x
            yield row_of_tails([a, x], x, tails, density)


def beta_rows(generator):
    pairs = [(1e-10, 1), (1, 1e-10), (1e-5, 1e-5), (1e-3, 0.5), (0.5, 0.5), (0.5, 2), (1, 1), (1, 20), (5, 0.1), (0.3, 1e6), (0.5, 1e9), (1e9, 0.5)]
    pairs += [(2, 3), (10, 30), (31, 33), (40, 40), (40, 1e4), (20, 1e9), (1e9, 3), (1e3, 1e3), (300, 1e6), (500, 1e9), (1e9, 1e9), (1e6, 1e9)]
    pairs += [(1e12, 1e12), (1e15, 1e15), (1e15, 1e3), (1e15, 20), (0.01, 1e15)]
    pairs += [(10 ** generator.uniform(-2, 3), 10 ** generator.uniform(-2, 3)) for _ in range(14)]
    pairs += [(10 ** generator.uniform(1, 9), 10 ** generator.uniform(1, 9)) for _ in range(14)]
    for a, b in pairs:
        mean = a / (a + b)
        deviation = (mean * (b / (a + b)) / (a + b + 1)) ** 0.5
        places = [mean * f for f in (1e-20, 1e-4, 0.1, 0.4, 0.8, 1)] + [1 - b / (a + b) * f for f in (1e-10, 1e-3, 0.1, 0.4, 0.8)]
        places += [mean + t * deviation for t in (-36, -15, -8, -4, -2, -1, -0.1, 0.1, 1, 2, 4, 8, 15, 38)]
        places += [1e-200, 1e-6, 0.01, 0.3, 0.6, 0.75, 0.95, 1 - 1e-9] if min(a, b) < 2 and max(a, b) < 100 else []
        for x in sorted(set(places)):
            if not 0 < x < 1 or (x == 1 - 2**-53 and max(a, b) < 1e9) or beta_distance(a, b, x) > FARTHEST:
                continue
            tails = beta_tails(a, b, x)
            with mp.workdps(80):
                density = mp.exp(beta_log_density(mpf(a), mpf(b), mpf(x), 1 - mpf(x))) / (x * (1 - mpf(x)))
            yield row_of_tails([a, b, x], x, tails, density)


def normal_rows(generator):
    places = [k / 8 for k in range(-72, 72)] + [generator.uniform(-5, 38) for _ in range(150)] + [10.0**k for k in (-300, -20, -8, -3)]
    places += [38.4, 39, 60, 1e3, 1e8, 1e150]
    for z in places:
        with mp.workdps(80):
            upper = mp.erfc(mpf(z) / mp.sqrt(2)) / 2
            log_upper = mp.log(upper) if z > 0 else mp.log1p(-mp.erfc(-mpf(z) / mp.sqrt(2)) / 2)
            yield [z, upper, log_upper, quantiles(mpf(z), [0, upper], mp.npdf(mpf(z)))[1]]


FUNCTIONS = [
    lambda x: mp.log1p(x) - x,
    lambda x: (1 + x) * mp.log1p(x) - x,
    lambda x: mp.expm1(x) - x,
    lambda x: mp.loggamma(x) - (x - mpf(1) / 2) * mp.log(x) + x - mp.log(2 * mp.pi) / 2,
    lambda x: mp.digamma(x),
    lambda x: mp.psi(1, x),
    lambda x: mp.exp(x * x) * mp.erfc(x),
    lambda x: mp.loggamma(1 + x),
    lambda x: mp.log(mp.beta(x, mpf(3.7))),
    lambda x: mp.log(mp.beta(x, x / 2)),
]


def function_rows(generator):
    signed = [s * 10**e for e in [generator.uniform(-20, -0.05) for _ in range(60)] for s in (1, -1)]
    great = [10 ** generator.uniform(-1, 8) for _ in range(40)]
    positive = [10 ** generator.uniform(-8, 15) for _ in range(60)] + [k / 4 for k in range(1, 60)]
    for index, places in enumerate([
            signed + great + [-0.5, 1, -0.501, 1.001], signed + great + [-0.5, 1], signed + [-5, -30, 2, 10, 300], positive, positive, positive,
            [10 ** generator.uniform(-8, 8) for _ in range(60)] + [k / 2 for k in range(80)], [abs(x) for x in signed],
            positive, positive]):
        for x in places:
            with mp.workdps(90):
                yield [mpf(index), x, FUNCTIONS[index](mpf(x))]


def check():
    """The two ways to the tails agree."""
    with mp.workdps(100):
        for a, x in ((40, 30), (200, 210), (300, 600)):
            for p, q in zip(gamma_series(mpf(a), mpf(x)), gamma_quadrature(mpf(a), mpf(x))):
                assert abs(p / q - 1) < mpf(10) ** -48, (a, x, p, q)
        for a, b, x in ((40, 50, 0.4), (200, 210, 0.51), (300, 6000, 0.06)):
            x = mpf(x)
            for p, q in zip(beta_series(mpf(a), mpf(b), x, 1 - x), beta_quadrature(mpf(a), mpf(b), x, 1 - x)):
                assert abs(p / q - 1) < mpf(10) ** -48, (a, b, x, p, q)


def main(folder, names):
    check()
    for name in names or COLUMNS:
        rows = list(globals()[{"functions": "function_rows"}.get(name, f"{name}_rows")](random.Random(1)))
        with open(f"{folder}/{name}.f64", "wb") as file:
            for row in rows:
                assert len(row) == len(COLUMNS[name])
                file.write(struct.pack(f"<{len(row)}d", *map(float, row)))
        print(name, len(rows), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
