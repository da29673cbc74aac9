"""Writes the tables *.csv beside it, which the tests of this package compare with.

    python3 reference.py && Rscript reference.R

Needs scipy, statsmodels and mpmath. Nothing here shares code or method with the
package: values come from those libraries, from the formulas in 50 digits
(mpmath), or from counting every case in whole numbers (fractions).
"""

import itertools
import os
import platform
import random
from fractions import Fraction
from math import comb

import mpmath
import scipy
import statsmodels
from mpmath import mpf
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.descriptivestats import sign_test
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

mpmath.mp.dps = 50
random.seed(20221130)
HERE = os.path.dirname(os.path.abspath(__file__))
VERSIONS = (f"Python {platform.python_version()}, scipy {scipy.__version__}, "
            f"statsmodels {statsmodels.__version__}, mpmath {mpmath.__version__}")


def write(name, made_by, header, rows):
    with open(os.path.join(HERE, name), "w") as f:
        f.write(f"# {made_by}\n# Written by reference.py with {VERSIONS}.\n{','.join(header)}\n")
        for row in rows:
            f.write(",".join(repr(float(v)) if isinstance(v, (float, mpf, Fraction)) else str(v) for v in row) + "\n")


def wilson(x, n, z):
    x, n = mpf(x), mpf(n)
    half = z * mpmath.sqrt(z * z + 4 * x * (1 - x / n))
    return (2 * x + z * z - half) / (2 * (n + z * z)), (2 * x + z * z + half) / (2 * (n + z * z))


def quantile(level):
    return mpmath.sqrt(2) * mpmath.erfinv(mpf(level))


def shares():
    pairs = [(x, n) for n in (1, 2, 3, 5, 10, 15, 25, 39, 41, 42) for x in range(n + 1)]
    return pairs + [(x, 200) for x in range(0, 201, 10)] + [(1, 1000000), (999999, 1000000)]


def write_wilson():
    rows = []
    for x, n in shares():
        for level in (0.90, 0.95, 0.99):
            low, high = proportion_confint(x, n, alpha=1 - level, method="wilson")
            by_formula = wilson(x, n, quantile(level))
            assert abs(low - by_formula[0]) < 1e-12 and abs(high - by_formula[1]) < 1e-12
            rows.append((x, n, level, float(low), float(high)))
    write("wilson.csv", "statsmodels proportion_confint(method='wilson'); the formula in 50 digits agrees within 1e-12.",
          ["count", "n", "level", "low", "high"], rows)


def write_newcombe():
    cases = [(a, m, b, n) for m, n in ((1, 1), (3, 4), (10, 10), (10, 20)) for a in range(m + 1) for b in range(n + 1)]
    for _ in range(200):
        m, n = random.randint(1, 200), random.randint(1, 200)
        cases.append((random.randint(0, m), m, random.randint(0, n), n))
    rows = []
    for a, m, b, n in cases:
        low, high = confint_proportions_2indep(b, n, a, m, method="newcomb", compare="diff", alpha=0.05)
        rows.append((a, m, b, n, float(low), float(high)))
    write("newcombe.csv", "statsmodels confint_proportions_2indep(method='newcomb', compare='diff'), 95 %.",
          ["from_count", "from_n", "to_count", "to_n", "low", "high"], rows)


def paired(e, f, g, h):
    n, z = e + f + g + h, quantile(0.95)
    p1, p2 = mpf(e + f) / n, mpf(e + g) / n
    (l1, u1), (l2, u2) = wilson(e + f, n, z), wilson(e + g, n, z)
    under, b = (e + f) * (g + h) * (e + g) * (f + h), mpf(e * h - f * g)
    if b > mpf(n) / 2:
        b -= mpf(n) / 2
    elif b > 0:
        b = mpf(0)
    phi = b / mpmath.sqrt(under) if under else mpf(0)
    low = (p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2
    high = (p2 - l2) ** 2 - 2 * phi * (p2 - l2) * (u1 - p1) + (u1 - p1) ** 2
    return max(p1 - p2 - mpmath.sqrt(low), -1), min(p1 - p2 + mpmath.sqrt(high), 1)


def write_paired():
    tables = [t for t in itertools.product(range(4), repeat=4) if sum(t)]
    tables += [tuple(random.randint(0, 50) for _ in range(4)) for _ in range(200)]
    tables += [(36, 5, 1, 0), (0, 42, 0, 0), (0, 0, 0, 42), (21, 0, 0, 21), (0, 21, 21, 0), (30, 12, 0, 0)]
    write("newcombe-paired.csv",
          "Newcombe (1998), Statistics in Medicine 17:2635, method 10, from its formulas in 50 digits, 95 %.",
          ["both", "gained", "lost", "neither", "low", "high"], [t + paired(*t) for t in tables])


def write_mcnemar():
    cases = [(b, c) for b in range(13) for c in range(13)]
    cases += [(b, c) for b in (0, 1, 7, 30, 60) for c in (20, 31, 40, 90, 140)]
    cases += [(500, 560), (900, 1100), (0, 400)]
    rows = []
    for b, c in cases:
        n, k = b + c, min(b, c)
        exact = min(Fraction(1), Fraction(2 * sum(comb(n, i) for i in range(k + 1)), 2**n))
        point = Fraction(comb(n, k), 2**n)
        mid = 1 - point if b == c else 2 * Fraction(sum(comb(n, i) for i in range(k + 1)), 2**n) - point
        if n == 0:
            exact = mid = Fraction(1)
        else:
            for other in (mcnemar([[0, b], [c, 0]], exact=True).pvalue, stats.binomtest(b, n, 0.5).pvalue):
                assert abs(other - exact) <= 1e-11 * float(exact) + 1e-300, (b, c, other, float(exact))
        rows.append((b, c, exact, mid))
    write("mcnemar.csv",
          "Counted in whole numbers; statsmodels mcnemar(exact=True) and scipy binomtest agree within 1e-11 of it.",
          ["gained", "lost", "exact", "mid_p"], rows)


def write_sign():
    rows = []
    for _ in range(120):
        steps = [random.choice((-2, -1, 0, 0, 1, 2)) for _ in range(random.randint(1, 80))]
        up, down = sum(d > 0 for d in steps), sum(d < 0 for d in steps)
        p = sign_test(steps, 0)[1] if up + down else 1.0
        rows.append((up, down, len(steps) - up - down, float(p)))
    write("sign.csv", "statsmodels sign_test(samp, 0), which drops ties.", ["up", "down", "ties", "p"], rows)


def midranks(sizes):
    return [sum(Fraction(2 * (s < v) + (s == v), 2) for s in sizes) + Fraction(1, 2) for v in sizes]


def enumerate_signs(steps, pratt):
    """P that the sum of signed midranks is as far from 0 or further, over all signs."""
    kept = steps if pratt else [d for d in steps if d]
    ranks = [2 * r for d, r in zip(kept, midranks([abs(d) for d in kept])) if d]
    signs = [1 if d > 0 else -1 for d in kept if d]
    seen = abs(sum(s * r for s, r in zip(signs, ranks)))
    hits = sum(abs(sum(s * r for s, r in zip(way, ranks))) >= seen
               for way in itertools.product((1, -1), repeat=len(ranks)))
    plus = sum((r for s, r in zip(signs, ranks) if s > 0), Fraction(0)) / 2
    return plus, Fraction(hits, 2 ** len(ranks))


def write_wilcoxon():
    rows = []
    for _ in range(120):
        k = random.choice((1, 2, 3, 6))
        steps = [random.randint(-k, k) + random.choice((0, 0, 1)) for _ in range(random.randint(1, 13))]
        plus, p = enumerate_signs(steps, False)
        pratt_plus, pratt_p = enumerate_signs(steps, True)
        rows.append((" ".join(map(str, steps)), plus, p, pratt_plus, pratt_p))
    write("wilcoxon-enumerated.csv", "Every way to sign the midranks, in whole numbers; steps with ties and zeros.",
          ["steps", "w_plus", "p", "pratt_w_plus", "pratt_p"], rows)

    rows = []
    for n in (1, 2, 3, 5, 8, 12, 20, 30, 42, 50):
        for _ in range(6):
            lean = random.choice((0, 0.3))
            steps = [i if random.random() < 0.5 + lean else -i for i in range(1, n + 1)]
            random.shuffle(steps)
            r = stats.wilcoxon(steps, method="exact") if n > 1 else None
            p = float(r.pvalue) if r else 1.0
            rows.append((" ".join(map(str, steps)), sum(d for d in steps if d > 0), p))
    write("wilcoxon-untied.csv", "scipy wilcoxon(method='exact'), no ties and no zeros; for one step p is 1.",
          ["steps", "w_plus", "p"], rows)


write_wilson()
write_newcombe()
write_paired()
write_mcnemar()
write_sign()
write_wilcoxon()
