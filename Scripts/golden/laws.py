"""The distributions in mpmath: parameters and places to look at, masses and densities, tails.

A law has `parameters` (tuples of float64, what the Swift initialiser takes), `places` (float64 to evaluate it at) and
`evaluate`, which gives the logarithm of the mass or density, P(X <= x) and P(X > x), each to 50 digits and more of its own.
"""
from mpmath import mp, mpf

from special_functions import FARTHEST, beta_distance, beta_log_density, beta_tails, gamma_log_density, gamma_tails

STEPS = (-37, -30, -20, -12, -8, -6, -4.5, -3, -2, -1.3, -0.7, -0.3, -0.1, 0, 0.1, 0.3, 0.7, 1.3, 2, 3, 4.5, 6, 7, 8, 12, 20, 38)
GREATEST = 1e15

# A variable of which the logarithms of tails are close to straight or to parabolas: u(x), x(u), dx/du at x.
ITSELF = (lambda x: x), (lambda u: u), lambda x: 1
LOGARITHM = mp.log, mp.exp, lambda x: x
LOGIT = (lambda x: mp.log(x) - mp.log1p(-x)), (lambda u: 1 / (1 + mp.exp(-u))), lambda x: x * (1 - x)


def log_uniform(generator, low, high):
    return 10 ** generator.uniform(low, high)


def portion(generator):
    """A probability: tiny, close to 1, or any."""
    tiny = log_uniform(generator, *generator.choice([(-300, -15), (-15, 0), (-15, 0), (-3, 0)]))
    return generator.choice([tiny, tiny, 1 - log_uniform(generator, -15, 0), generator.random()])


def around(mean, deviation, generator):
    return [mean + t * deviation for t in STEPS] + [mean + generator.gauss(0, s) * deviation for s in (1, 4, 12) for _ in range(5)]



def gamma_distance(a, x):
    a, x = mpf(a), mpf(x)
    return x - a + a * mp.log(a / x)


class Counts:
    """A law on the whole numbers from 0 to `greatest`."""
    discrete = True

    def greatest(self, *parameters):
        return mp.inf

    def counts(self, places, *parameters):
        return {int(k) for k in places if 0 <= k <= min(self.greatest(*parameters), 1e17)}


class Poisson(Counts):
    def parameters(self, generator):
        yield from ((rate,) for rate in [1e-300, 1e-10, 0.003, 0.5, 2, 3, 9.9, 10, 31.5, 50, 399, 1000, 12345.678, 1e5, 1e7, 1e9, 1e12, GREATEST])
        for index in range(180):
            yield (log_uniform(generator, *((-5, 15) if index % 10 else (-300, -5))),)

    def places(self, generator, rate):
        places = around(rate, rate**0.5, generator) + list(range(8)) + [log_uniform(generator, 0, 2.6) for _ in range(6)]
        return {k for k in self.counts(places) if gamma_distance(max(k, 1e-3), rate) < FARTHEST}

    def log_mass(self, k, rate):
        return k * mp.log(mpf(rate)) - rate - mp.loggamma(mpf(k) + 1)

    def evaluate(self, k, rate):
        upper, lower = gamma_tails(k + 1, rate)
        return self.log_mass(k, rate), lower, upper


class Exponential:
    discrete = False
    variable = LOGARITHM

    def parameters(self, generator):
        yield from ((rate,) for rate in [1e-9, 0.3, 1.0, 7.0, 1e20])
        for _ in range(195):
            yield (log_uniform(generator, -290, 290),)

    def places(self, generator, rate):
        scaled = [log_uniform(generator, -15, 2.8) for _ in range(4)] + [generator.expovariate(1) for _ in range(4)] + [0.7, 20, 36, 720]
        return {t / rate for t in scaled}

    def evaluate(self, x, rate):
        product = mpf(rate) * x
        return mp.log(rate) - product, -mp.expm1(-product), mp.exp(-product)


class Gamma:
    discrete = False
    variable = LOGARITHM

    def parameters(self, generator):
        yield from [(1e-3, 2.0), (0.1, 1.0), (0.5, 3.3), (1.0, 1.0), (2.5, 0.7), (10.0, 1e-9), (30.0, 7.0), (100.0, 0.1), (395.0, 3.0)]
        yield from [(1e5, 3.0), (1e9, 0.3), (1e12, 1.1), (GREATEST, 7.0)]
        for index in range(190):
            shape = log_uniform(generator, *[(-2, 2), (-3, 15), (0, 6), (-300, -2)][index % 16 % 4 if index % 16 else 3])
            yield shape, log_uniform(generator, *((-3, 3) if index % 2 else (-250, 250)))

    def places(self, generator, shape, rate):
        places = around(shape, shape**0.5, generator) + [shape * log_uniform(generator, -30, 1) for _ in range(4)]
        places += [log_uniform(generator, -100, 2.8) for _ in range(8)] if shape < 2 else []
        places += [mp.exp((mp.log(generator.random()) + mp.loggamma(shape + 1)) / shape) for _ in range(4)] if shape < 2 else []
        places += [log_uniform(generator, -300, 300) * mpf(rate) for _ in range(6)] if shape < 2 else []
        places = [float(t / rate) for t in places if t > 0 and 1e-307 < t / rate < 1e307]
        return {x for x in places if gamma_distance(shape, mpf(x) * mpf(rate)) < FARTHEST}

    def evaluate(self, x, shape, rate):
        scaled = x * mpf(rate)
        return gamma_log_density(mpf(shape), scaled) - mp.log(x), *gamma_tails(shape, scaled)


class Erlang(Gamma):
    def parameters(self, generator):
        yield from [(1, 3.0), (2, 0.1), (5, 0.8), (31, 1.0), (32, 1e-9), (400, 7.0), (10**6, 0.3), (10**15, 7.0)]
        for index in range(185):
            shape = int(log_uniform(generator, 0, 3 if index % 2 else 15))
            yield shape, log_uniform(generator, *((-3, 3) if index % 3 else (-250, 250)))


def normal_tails(z):
    return mp.erfc(-z / mp.sqrt(2)) / 2, mp.erfc(z / mp.sqrt(2)) / 2


class Normal:
    discrete = False
    variable = ITSELF

    def parameters(self, generator):
        yield from [(0.0, 1.0), (5.0, 0.3), (1e6, 1e-3), (-3.0, 1e5), (1e-5, 1e-300), (-1e308, 1e307), (0.0, 1e-307)]
        for _ in range(190):
            mean = generator.choice((-1, 1, 1)) * log_uniform(generator, -200, 200)
            yield mean, abs(mean) * log_uniform(generator, -10, 10)

    def places(self, generator, mean, deviation):
        places = [x for x in around(mean, deviation, generator) if abs(x) < 1.7e308]
        return {x for x in places if abs(mpf(x) - mpf(mean)) < 50 * deviation}

    def evaluate(self, x, mean, deviation):
        z = (x - mpf(mean)) / mpf(deviation)
        return -z * z / 2 - mp.log(deviation) - mp.log(2 * mp.pi) / 2, *normal_tails(z)


class LogNormal:
    discrete = False
    variable = LOGARITHM

    def parameters(self, generator):
        yield from [(0.0, 1.0), (2.0, 0.3), (-5.0, 0.1), (100.0, 2.0), (0.0, 5.0), (-300.0, 10.0)]
        for index in range(190):
            mean = generator.choice((-1, 1)) * log_uniform(generator, -3, 2.8)
            yield mean, log_uniform(generator, *((-2, 2.5) if index % 3 else (-12, 2.5)))

    def places(self, generator, mean, deviation):
        places = [mp.exp(mpf(t)) for t in around(mean, deviation, generator) if abs(t) < 700]
        return {float(x) for x in places if abs(mp.log(float(x)) - mean) < 50 * deviation}

    def evaluate(self, x, mean, deviation):
        z = (mp.log(x) - mpf(mean)) / mpf(deviation)
        return -z * z / 2 - mp.log(x) - mp.log(deviation) - mp.log(2 * mp.pi) / 2, *normal_tails(z)


class Uniform:
    discrete = False
    variable = ITSELF

    def parameters(self, generator):
        yield from [(0.0, 1.0), (-7.0, 3.0), (1e10, 1e10 + 1), (-8e307, 8e307)]
        for _ in range(195):
            lower = generator.choice((-1, 1)) * log_uniform(generator, -250, 250)
            yield lower, lower + abs(lower) * log_uniform(generator, -10, 10)

    def places(self, generator, lower, upper):
        width = upper - lower
        places = [lower + generator.random() * width for _ in range(6)] + [lower + width * log_uniform(generator, -16, 0) for _ in range(4)]
        return {x for x in places + [upper - width * log_uniform(generator, -16, 0) for _ in range(4)] if lower < x < upper}

    def evaluate(self, x, lower, upper):
        width = mpf(upper) - mpf(lower)
        return -mp.log(width), (x - mpf(lower)) / width, (mpf(upper) - x) / width


class Bernoulli(Counts):
    def greatest(self, p):
        return 1

    def parameters(self, generator):
        yield from ((p,) for p in [0.0, 5e-324, 1e-300, 0.5, 1 - 2**-53, 1.0])
        for _ in range(1100):
            yield (portion(generator),)

    def places(self, generator, p):
        return {0, 1}

    def evaluate(self, k, p):
        q = 1 - mpf(p)
        mass = mpf(p) if k else q
        return mp.log(mass) if mass else -mp.inf, mpf(1) if k else q, mpf(0) if k else mpf(p)


class Binomial(Counts):
    def greatest(self, n, p):
        return n

    def parameters(self, generator):
        yield from [(1, 0.3), (10, 0.5), (20, 1e-10), (100, 0.03), (1000, 0.003), (1000, 0.9), (10**4, 0.5), (10**6, 1e-5), (10**9, 0.3)]
        yield from [(10**9, 1e-8), (10**12, 0.7), (10**15, 0.5), (10**15, 1e-12), (10**15, 0.999), (50, 1 - 2**-50)]
        for index in range(280):
            yield int(log_uniform(generator, 0, 4 if index % 2 else 15)), portion(generator)

    def places(self, generator, n, p):
        q = 1 - mpf(p)
        places = around(n * p, float(n * p * q) ** 0.5, generator) + list(range(4)) + [n - k for k in range(4)]
        places += [generator.uniform(0, n) for _ in range(4)]
        return {k for k in self.counts(places, n, p) if self.distance(k, n, p, q) < FARTHEST}

    def distance(self, k, n, p, q):
        return (k * mp.log(mpf(k) / (n * mpf(p))) if k else 0) + ((n - k) * mp.log((n - k) / (n * q)) if k < n else 0)

    def evaluate(self, k, n, p):
        upper, lower = beta_tails(k + 1, n - k, p) if k < n else (mpf(0), mpf(1))
        mass = mp.loggamma(mpf(n) + 1) - mp.loggamma(mpf(k) + 1) - mp.loggamma(mpf(n - k) + 1)
        return mass + k * mp.log(p) + (n - k) * mp.log(1 - mpf(p)), lower, upper


class Geometric(Counts):
    def parameters(self, generator):
        yield from ((p,) for p in [1e-15, 1e-6, 0.01, 0.3, 0.5, 0.999])
        for index in range(200):
            yield (1 - log_uniform(generator, -15, 0) if index % 4 == 0 else log_uniform(generator, -15, 0),)

    def places(self, generator, p):
        scale = 1 / float(-mp.log(1 - mpf(p)))
        return self.counts([log_uniform(generator, -1, 2.8) * scale for _ in range(7)] + [generator.expovariate(1) * scale for _ in range(5)] + [0, 1, 2, 3])

    def evaluate(self, k, p):
        q = 1 - mpf(p)
        return mp.log(p) + k * mp.log(q), 1 - q ** (k + 1), q ** (k + 1)


class NegativeBinomial(Counts):
    def parameters(self, generator):
        yield from [(1.0, 0.3), (0.1, 0.01), (2.5, 0.5), (10.0, 0.999), (50.0, 0.05), (1e3, 0.2), (1e6, 0.9), (1e-3, 1e-6), (1e6, 1e-6)]
        yield from [(1e9, 0.5), (1e-8, 0.5), (1e-300, 0.3), (GREATEST, 1 - 2**-53)]
        made = 0
        while made < 240:
            r = log_uniform(generator, *[(-2, 3), (-3, 15), (0, 9), (-200, 0)][made % 4])
            p = generator.choice([log_uniform(generator, -15, 0), generator.random(), 1 - log_uniform(generator, -15, 0)])
            if 0 < p < 1 and r * (1 - p) / p <= GREATEST:
                made += 1
                yield r, p

    def places(self, generator, r, p):
        mean = r * (1 - p) / p
        scale = 1 / float(-mp.log(1 - mpf(p)))
        places = around(mean, (mean / p) ** 0.5, generator) + list(range(4)) + [log_uniform(generator, -1, 2.8) * scale for _ in range(6)]
        return {k for k in self.counts(places) if beta_distance(r, k + 1, p) < FARTHEST}

    def evaluate(self, k, r, p):
        mass = mp.loggamma(k + mpf(r)) - mp.loggamma(mpf(k) + 1) - mp.loggamma(mpf(r))
        return mass + r * mp.log(p) + k * mp.log(1 - mpf(p)), *beta_tails(r, k + 1, p)


class Beta:
    discrete = False
    variable = LOGIT

    def parameters(self, generator):
        yield from [(0.5, 0.5), (1e-3, 2.0), (1.0, 1.0), (2.0, 3.0), (30.0, 1.0), (100.0, 400.0), (1e4, 1e6), (1e9, 1e9), (1e15, 1e14), (1e6, 0.2)]
        for index in range(190):
            ranges = [((-2, 2), (-2, 2)), ((-3, 15), (-3, 15)), ((0, 4), (0, 4)), ((-300, -2), (-3, 5)), ((-2, 2), (2, 15))][index % 5]
            pair = [log_uniform(generator, *ends) for ends in ranges]
            yield tuple(pair if generator.random() < 0.5 else pair[::-1])

    def places(self, generator, a, b):
        mean, deviation = a / (a + b), (a / (a + b) * (b / (a + b)) / (a + b + 1)) ** 0.5
        places = around(mean, deviation, generator) + [mean * log_uniform(generator, -20, 0) for _ in range(4)]
        places += [1 - b / (a + b) * log_uniform(generator, -16, 0) for _ in range(4)] + [log_uniform(generator, -300, 0) for _ in range(4)]
        return {x for x in places if 1e-307 < x < 1 and beta_distance(a, b, x) < FARTHEST}

    def evaluate(self, x, a, b):
        y = 1 - x
        return beta_log_density(mpf(a), mpf(b), x, y) - mp.log(x) - mp.log(y), *beta_tails(a, b, x)


class Categorical(Counts):
    """The parameters are the weights."""

    def greatest(self, *weights):
        return len(weights) - 1

    def parameters(self, generator):
        yield from [(1.0,), (0.0, 3.0), (1.0, 0.0, 0.0, 2.0, 0.0), (5e-324, 1.0), (1e300,) * 40]
        for _ in range(230):
            spread = generator.choice((0, 1, 10, 100))
            weights = [log_uniform(generator, -spread, spread) for _ in range(generator.randint(2, 40))]
            yield tuple(0.0 if generator.random() < 0.1 else weight for weight in weights[:-1]) + (weights[-1],)

    def places(self, generator, *weights):
        return set(range(len(weights)))

    def evaluate(self, k, *weights):
        below, above = (mp.fsum(map(mpf, part)) for part in (weights[: k + 1], weights[k + 1 :]))
        mass = mpf(weights[k]) / (below + above)
        return mp.log(mass) if mass else -mp.inf, below / (below + above), above / (below + above)


LAWS = {
    "poisson": Poisson(), "exponential": Exponential(), "gamma": Gamma(), "erlang": Erlang(), "normal": Normal(),
    "log-normal": LogNormal(), "uniform": Uniform(), "bernoulli": Bernoulli(), "binomial": Binomial(), "geometric": Geometric(),
    "negative-binomial": NegativeBinomial(), "beta": Beta(), "categorical": Categorical(),
}
