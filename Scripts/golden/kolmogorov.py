"""Writes golden data of Kolmogorov's distance: exact to 1e-15, beside SciPy where that is.

    python3 -m venv VENV && VENV/bin/pip install mpmath==1.3.0 gmpy2 numpy==2.4.6 scipy==1.17.1
    VENV/bin/python Scripts/golden/kolmogorov.py Tests/GodwitRandomTests/Golden

Rows of little-endian float64: the number of values, the distance d, P(D <= d), P(D > d). The body by Durbin's matrix in
extended precision, the tail by twice the one-sided law at 50 digits. scipy.stats.kstwo agrees to 1e-12 for up to 140 values,
and is off by up to 2e-7 from there on.
"""
import struct
import sys

import numpy as np
from mpmath import mp, mpf
from scipy.stats import kstwo

mp.dps = 50
COUNTS = [1, 2, 3, 4, 5, 7, 10, 20, 50, 100, 140, 141, 400, 1000, 3000, 10000, 25000, 25001, 40000, 300000]
PLACES = [0.3, 0.42, 0.5, 0.6, 0.7, 0.85, 1.0, 1.2, 1.5, 1.8, 1.95, 1.97, 2.2, 3.0, 5.0, 9.0]


def body(n, d):
    """The row of the n-th power of Durbin's matrix that has its diagonal element, exact but for roundings."""
    wide = np.longdouble
    nd = wide(n) * wide(d)
    k = int(np.ceil(nd))
    m, h = 2 * k - 1, wide(k) - nd
    reach = min(m, 30)
    factorials = np.cumprod(np.concatenate(([wide(1)], np.arange(1, reach + 1, dtype=wide))))
    matrix_row, first = 1 / factorials, (1 - h ** np.arange(reach + 1, dtype=wide)) / factorials
    row = np.zeros(m, dtype=wide)
    row[k - 1] = 1
    for _ in range(n):
        following = np.zeros(m, dtype=wide)
        for t in range(reach + 1):  # the elements 1 / t!, t = i - j + 1
            low, high = max(0, t - 1), m - 1
            if low < high:
                part = row[low:high] * matrix_row[t]
                following[low - t + 1:high - t + 1] += part
        # The first column and the last row are less.
        column = sum(row[t - 1] * first[t] for t in range(1, reach + 1) if t < m)
        last = row[m - 1]
        for t in range(1, reach + 1):
            if m - t > 0:
                following[m - t] += last * first[t]
        corner = 1 - 2 * h**m + max(wide(0), 2 * h - 1) ** m
        following[0] = column + (last * corner / factorials[m] if m <= reach else 0)
        row = following / np.exp(wide(1))
    scale = mp.exp(mp.loggamma(n + 1) + n - n * mp.log(n))
    return mpf(str(row[k - 1])) * scale


def tail(n, d):
    """Twice P(D+ >= d), which counts what is less than exp(-8 n d^2) twice; nothing from d = 1/2 on."""
    d, total, ways = mpf(d), mpf(0), mpf(1)
    for j in range(int(mp.floor(n * (1 - d))) + 1):
        p = d + mpf(j) / n
        total += d / p * ways * p**j * (1 - p) ** (n - j)
        ways = ways * (n - j) / (j + 1)
    return 2 * total


def rows():
    for n in COUNTS:
        for x in PLACES:
            d = float(mpf(x) / mp.sqrt(n))
            if d >= 1 or 2 * n * d <= 1:
                continue
            is_tail = n * d * d > 3.84 or d >= 0.5
            if n > 20000 and x not in (0.5, 0.85, 1.2, 1.8, 1.97, 5.0) or n > 30000 and not is_tail:
                continue
            part = tail(n, d) if is_tail else body(n, d)
            upper, lower = (part, 1 - part) if is_tail else (1 - part, part)
            if n <= 140:
                assert abs(kstwo.cdf(d, n) - lower) < 1e-12, (n, d, lower, kstwo.cdf(d, n))
                assert abs(kstwo.sf(d, n) - upper) < 1e-10 * upper + 1e-15, (n, d, upper, kstwo.sf(d, n))
            yield n, d, float(lower), float(upper)


if __name__ == "__main__":
    with open(f"{sys.argv[1]}/kolmogorov.f64", "wb") as file:
        for row in rows():
            print(*row)
            file.write(struct.pack("<4d", *row))
