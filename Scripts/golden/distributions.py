"""Writes golden data of the distributions: mpmath 1.3.0 at 50 digits and more, rounded to float64.

    python3 -m venv VENV && VENV/bin/pip install mpmath==1.3.0 gmpy2
    VENV/bin/python Scripts/golden/distributions.py Tests/GodwitRandomTests/Golden

Each file is rows of little-endian float64: two parameters (the second 0 where there is one), x, the mass or the density, its
logarithm, the cdf, the survival. Parameters and x are float64 themselves.
"""
import random
import struct
import sys

from mpmath import mp, mpf

from special_functions import FARTHEST, beta_distance, beta_log_density, beta_tails, gamma_log_density, gamma_tails

STEPS = (-36, -20, -12, -7, -4.5, -3, -2, -1.3, -0.7, -0.3, -0.1, 0, 0.1, 0.3, 0.7, 1.3, 2, 3, 4.5, 7, 12, 20, 38)


def gamma_distance(a, x):
    a, x = mpf(a), mpf(x)
    return x - a + a * mp.log(a / x)


def counts(mean, deviation, greatest, generator):
    places = [mean + t * deviation for t in STEPS] + [mean + generator.gauss(0, 4) * deviation for _ in range(12)]
    places += [0, 1, 2, 3, 5, 10, 40, 100, 1000] + ([greatest, greatest - 1, greatest - 7] if greatest < 1e16 else [])
    return sorted({int(k) for k in places if 0 <= k <= greatest})


def poisson(generator):
    for rate in [1e-300, 1e-10, 0.003, 0.5, 2, 3, 9.9, 10, 31.5, 50, 399, 1000, 12345.678, 1e5, 1e7, 1e9, 1e12, 1e15]:
        for k in counts(rate, rate**0.5, 1e17, generator):
            if gamma_distance(max(k, 1e-3), rate) < FARTHEST:
                upper, lower = gamma_tails(k + 1, rate)[::-1]
                yield rate, 0, k, k * mp.log(mpf(rate)) - rate - mp.loggamma(k + 1), upper, lower


def exponential(generator):
    for rate in [1e-9, 0.3, 1, 7, 1e20]:
        for t in [10 ** generator.uniform(-20, 2.8) for _ in range(40)] + [0.0, 1.0, 1e-300]:
            x = t / rate
            product = mpf(rate) * mpf(x)
            yield rate, 0, x, mp.log(rate) - product, -mp.expm1(-product), mp.exp(-product)


def gamma(generator):
    pairs = [(1e-3, 2), (0.1, 1), (0.5, 3.3), (1, 1), (2.5, 0.7), (10, 1e-9), (30, 7), (100, 0.1), (395, 3), (1e5, 3), (1e9, 0.3), (1e12, 1.1), (1e15, 7)]
    for shape, rate in pairs:
        places = [shape + t * shape**0.5 for t in STEPS] + [shape + generator.gauss(0, 4) * shape**0.5 for _ in range(12)]
        places += [shape * f for f in (1e-30, 1e-6, 0.01, 0.3, 3, 20)]
        for x in sorted({t / rate for t in places if t > 0}):
            scaled = mpf(x) * mpf(rate)
            if gamma_distance(shape, scaled) < FARTHEST:
                yield shape, rate, x, gamma_log_density(mpf(shape), scaled) - mp.log(x), *gamma_tails(shape, scaled)


def normal_tails(z):
    lower, upper = mp.erfc(-z / mp.sqrt(2)) / 2, mp.erfc(z / mp.sqrt(2)) / 2
    return lower, upper


def normal(generator):
    for mean, deviation in [(0, 1), (5, 0.3), (1e6, 1e-3), (-3, 1e5), (1e-5, 1e-300)]:
        for t in STEPS + tuple(generator.gauss(0, 8) for _ in range(40)):
            x = mean + t * deviation
            z = (mpf(x) - mpf(mean)) / mpf(deviation)
            if abs(z) < 50:
                yield mean, deviation, x, -z * z / 2 - mp.log(deviation) - mp.log(2 * mp.pi) / 2, *normal_tails(z)


def log_normal(generator):
    for mean, deviation in [(0, 1), (2, 0.3), (-5, 0.1), (100, 2), (0, 5), (-300, 10)]:
        for t in STEPS + tuple(generator.gauss(0, 8) for _ in range(40)):
            x = float(mp.exp(mpf(mean) + t * mpf(deviation)))
            if 1e-307 < x < 1e307:
                z = (mp.log(mpf(x)) - mpf(mean)) / mpf(deviation)
                yield mean, deviation, x, -z * z / 2 - mp.log(x) - mp.log(deviation) - mp.log(2 * mp.pi) / 2, *normal_tails(z)


def binomial(generator):
    pairs = [(1, 0.3), (10, 0.5), (20, 1e-10), (100, 0.03), (1000, 0.003), (1000, 0.9), (10**4, 0.5), (10**6, 1e-5), (10**9, 0.3)]
    pairs += [(10**9, 1e-8), (10**12, 0.7), (10**15, 0.5), (10**15, 1e-12), (10**15, 0.999), (50, 1 - 2**-50)]
    for n, p in pairs:
        q = 1 - mpf(p)
        for k in counts(n * p, float(n * p * q) ** 0.5, n, generator):
            distance = (k * mp.log(mpf(k) / (n * mpf(p))) if k else 0) + ((n - k) * mp.log((n - k) / (n * q)) if k < n else 0)
            if distance < FARTHEST:
                mass = mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1) + k * mp.log(p) + (n - k) * mp.log(q)
                above, below = beta_tails(k + 1, n - k, p) if k < n else (mpf(0), mpf(1))
                yield n, p, k, mass, below, above


def geometric(generator):
    for p in [1e-15, 1e-6, 0.01, 0.3, 0.5, 0.999]:
        q = 1 - mpf(p)
        for k in sorted({int(10 ** generator.uniform(-0.5, 2.8) / p) for _ in range(40)} | {0, 1, 2}):
            yield p, 0, k, mp.log(p) + k * mp.log(q), 1 - q ** (k + 1), q ** (k + 1)


def negative_binomial(generator):
    pairs = [(1, 0.3), (0.1, 0.01), (2.5, 0.5), (10, 0.999), (50, 0.05), (1e3, 0.2), (1e6, 0.9), (1e-3, 1e-6), (1e6, 1e-6), (1e9, 0.5), (1e-8, 0.5)]
    for r, p in pairs:
        q = 1 - mpf(p)
        mean = r * (1 - p) / p
        for k in counts(mean, (mean / p) ** 0.5, 1e17, generator):
            if beta_distance(r, k + 1, p) < FARTHEST:
                mass = mp.loggamma(k + mpf(r)) - mp.loggamma(k + 1) - mp.loggamma(r) + r * mp.log(p) + k * mp.log(q)
                yield r, p, k, mass, *beta_tails(r, k + 1, p)


def beta(generator):
    for a, b in [(0.5, 0.5), (1e-3, 2), (1, 1), (2, 3), (30, 1), (100, 400), (1e4, 1e6), (1e9, 1e9), (1e15, 1e14), (1e6, 0.2)]:
        mean, deviation = a / (a + b), (a / (a + b) * b / (a + b) / (a + b + 1)) ** 0.5
        places = [mean + t * deviation for t in STEPS] + [mean + generator.gauss(0, 4) * deviation for _ in range(12)]
        places += [mean * f for f in (1e-30, 1e-6, 0.01, 0.3)] + [1 - b / (a + b) * f for f in (1e-6, 0.01, 0.3)]
        for x in sorted(set(places)):
            if 0 < x < 1 and beta_distance(a, b, x) < FARTHEST:
                y = 1 - mpf(x)
                yield a, b, x, beta_log_density(mpf(a), mpf(b), mpf(x), y) - mp.log(x) - mp.log(y), *beta_tails(a, b, x)


LAWS = [poisson, exponential, gamma, normal, log_normal, binomial, geometric, negative_binomial, beta]


def main(folder, names):
    mp.dps = 100
    for law in LAWS:
        if names and law.__name__ not in names:
            continue
        rows = [(a, b, x, mp.exp(log), log, lower, upper) for a, b, x, log, lower, upper in law(random.Random(2))]
        with open(f"{folder}/law-{law.__name__.replace('_', '-')}.f64", "wb") as file:
            for row in rows:
                file.write(struct.pack("<7d", *map(float, row)))
        print(law.__name__, len(rows), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
