"""Numeric Python as people write it."""

import math

import pygraph as pg


# case: greatest_common_divisor
def f(a, b):
    while b:
        a, b = b, a % b
    return a


f(12, 18)  # -> 6
f(7, 13)  # -> 1
f(0, 5)  # -> 5


# case: least_common_multiple
def gcd(a, b):
    while b != 0:
        a, b = b, a % b
    return a


def f(a, b):
    if a == 0 or b == 0:
        return 0
    return a // gcd(a, b) * b


f(4, 6)  # -> 12
f(0, 6)  # -> 0


# case: extended_euclid
def f(a, b):
    x0, x1, y0, y1 = 1, 0, 0, 1
    while b:
        q, a, b = a // b, b, a % b
        x0, x1 = x1, x0 - q * x1
        y0, y1 = y1, y0 - q * y1
    return a, x0, y0


f(240, 46)  # -> (2, -9, 47)


# case: newton_square_root
def f(x):
    guess = x / 2
    while abs(guess * guess - x) > 1e-10:
        guess = (guess + x / guess) / 2
    return round(guess * 1e6) / 1e6


f(2.0)  # -> 1.414214
f(100.0)  # -> 10.0


# case: bisection
def g(x):
    return x * x * x - x - 2


def f(low, high):
    steps = 0
    while high - low > 1e-9:
        middle = (low + high) / 2
        if g(low) * g(middle) <= 0:
            high = middle
        else:
            low = middle
        steps += 1
    return round((low + high) / 2 * 1e6), steps


f(1.0, 2.0)  # -> (1521380, 30)


# case: secant
def f(x0, x1):
    def g(x):
        return x * x - 612

    n = 0
    while abs(x1 - x0) > 1e-9 and n < 50:
        x0, x1 = x1, x1 - g(x1) * (x1 - x0) / (g(x1) - g(x0))
        n += 1
    return round(x1 * 1e6), n


f(10.0, 30.0)  # -> (24738634, 7)


# case: horner
def f(x):
    result = 0
    for c in [3, -2, 0, 7]:
        result = result * x + c
    return result


f(2)  # -> 23
f(1.5)  # -> 12.625


# case: horner_of_a_tensor
def f(coefficients, x):
    result = 0.0
    for c in coefficients:
        result = result * x + c
    return result


f([3.0, -2.0, 0.0, 7.0], 2.0)  # -> 23.0


# case: power_by_squaring
def f(base, exponent):
    result = 1
    while exponent > 0:
        if exponent % 2 == 1:
            result *= base
        base *= base
        exponent //= 2
    return result


f(3, 13)  # -> 1594323
f(5, 0)  # -> 1


# case: modular_power
def f(base, exponent, modulus):
    result = 1
    base %= modulus
    while exponent:
        if exponent & 1:
            result = result * base % modulus
        base = base * base % modulus
        exponent >>= 1
    return result


f(7, 560, 561)  # -> 1
f(2, 10, 1000)  # -> 24


# case: fibonacci
def f(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


f(0)  # -> 0
f(90)  # -> 2880067194370816120


# case: is_prime
def f(n):
    if n < 2:
        return False
    i = 2
    while i * i <= n:
        if n % i == 0:
            return False
        i += 1
    return True


f(1)  # -> False
f(2)  # -> True
f(97)  # -> True
f(91)  # -> False


# case: number_of_primes
def is_prime(n):
    if n < 2:
        return False
    for d in range(2, n):
        if d * d > n:
            break
        if n % d == 0:
            return False
    return True


def f(n):
    count = 0
    for k in range(n):
        if is_prime(k):
            count += 1
    return count


f(30)  # -> 10


# case: sum_of_divisors
def f(n):
    total = 0
    for d in range(1, n + 1):
        if n % d == 0:
            total += d
    return total


f(28)  # -> 56


# case: perfect_numbers
def f(limit):
    found = 0
    for n in range(2, limit):
        total = 1
        for d in range(2, n):
            if n % d == 0:
                total += d
        if total == n:
            found = found * 1000 + n
    return found


f(30)  # -> 6028


# case: digits
def f(n):
    total = 0
    reverse = 0
    count = 0
    while n > 0:
        n, digit = divmod(n, 10)
        total += digit
        reverse = reverse * 10 + digit
        count += 1
    return total, reverse, count


f(12345)  # -> (15, 54321, 5)
f(0)  # -> (0, 0, 0)


# case: armstrong
def f(n):
    digits = 0
    m = n
    while m > 0:
        digits += 1
        m //= 10
    total = 0
    m = n
    while m > 0:
        total += (m % 10) ** digits
        m //= 10
    return total == n


f(153)  # -> True
f(154)  # -> False


# case: collatz_longest
def f(limit):
    best = best_length = 0
    for start in range(1, limit):
        n, length = start, 1
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            length += 1
        if length > best_length:
            best, best_length = start, length
    return best, best_length


f(30)  # -> (27, 112)


# case: linear_congruential_generator
def f(seed, n):
    total = 0
    for _ in range(n):
        seed = (seed * 1103515245 + 12345) % 2147483648
        total += seed % 100
    return seed, total


f(42, 20)  # -> (1440974758, 730)


# case: monte_carlo_pi
def f(n):
    seed = 12345
    inside = 0
    for _ in range(n):
        seed = (seed * 16807) % 2147483647
        x = seed / 2147483647
        seed = (seed * 16807) % 2147483647
        y = seed / 2147483647
        if x * x + y * y <= 1.0:
            inside += 1
    return 4 * inside / n


f(200)  # -> 3.32


# case: trapezoid
def f(a, b, n):
    def g(x):
        return x * x + 1

    h = (b - a) / n
    total = (g(a) + g(b)) / 2
    for i in range(1, n):
        total += g(a + i * h)
    return round(total * h * 1e6)


f(0.0, 3.0, 100)  # -> 12000450


# case: simpson
def f(a, b, n):
    h = (b - a) / n
    total = math.sin(a) + math.sin(b)
    for i in range(1, n):
        if i % 2 == 1:
            total += 4 * math.sin(a + i * h)
        else:
            total += 2 * math.sin(a + i * h)
    return round(total * h / 3 * 1e9)


f(0.0, 2.0, 10)  # -> 1416159485


# case: euler_method
def f(y, steps):
    t = 0.0
    h = 0.1
    for _ in range(steps):
        y = y + h * (t - y)
        t += h
    return y, t


f(1.0, 5)  # -> (0.68098, 0.5)


# case: runge_kutta
def slope(t, y):
    return t - y


def f(y, n):
    t, h = 0.0, 0.5
    for i in range(n):
        k1 = slope(t, y)
        k2 = slope(t + h / 2, y + h * k1 / 2)
        k3 = slope(t + h / 2, y + h * k2 / 2)
        k4 = slope(t + h, y + h * k3)
        y = y + h * (k1 + 2 * k2 + 2 * k3 + k4) / 6
        t = t + h
    return y


f(1.0, 4)  # -> 1.2710995410143593


# case: exponential_series
def f(x):
    term = total = 1.0
    n = 0
    while abs(term) > 1e-15:
        n += 1
        term *= x / n
        total += term
    return round(total, 9), n


f(1.0)  # -> (2.718281828, 18)


# case: alternating_series
def f(n):
    total = 0.0
    sign = 1
    for k in range(n):
        total += sign / (2 * k + 1)
        sign = -sign
    return 4 * total


f(10)  # -> 3.0418396189294032


# case: agm
def f(a, b):
    while abs(a - b) > 1e-12:
        a, b = (a + b) / 2, math.sqrt(a * b)
    return round(a, 9)


f(1.0, 2.0)  # -> 1.456791031


# case: mandelbrot_point
def f(cr, ci, limit):
    zr = zi = 0.0
    for i in range(limit):
        zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci
        if zr * zr + zi * zi > 4.0:
            return i
    return limit


f(-0.5, 0.5, 30)  # -> 30
f(1.0, 1.0, 30)  # -> 1


# case: running_statistics
def f(x):
    n = 0
    mean = 0.0
    m2 = 0.0
    for v in x:
        n += 1
        delta = v - mean
        mean += delta / n
        m2 += delta * (v - mean)
    return mean, m2 / n


f([1.0, 2.0, 3.0, 6.0])  # -> (3.0, 3.5)


# case: maximum_subarray
def f(x):
    best = current = x[0]
    for v in x[1:]:
        current = max(v, current + v)
        best = max(best, current)
    return best


f([-2, 1, -3, 4, -1, 2, 1, -5, 4])  # -> 6


# case: argmax_by_hand
def f(x):
    where = 0
    for i in range(1, len(x)):
        if x[i] > x[where]:
            where = i
    return where


f([3, 9, 4, 9])  # -> 1


# case: second_largest
def f(x):
    first = second = -1
    for v in x:
        if v > first:
            first, second = v, first
        elif v > second and v != first:
            second = v
    return first, second


f([3, 9, 4, 9])  # -> (9, 4)


# case: minimum_and_maximum
def f(x):
    low = high = None
    for v in x:
        if low is None or v < low:
            low = v
        if high is None or v > high:
            high = v
    return low, high


f([3, 9, 1])  # -> (1, 9)


# case: binary_search
def f(x, wanted):
    low, high = 0, len(x) - 1
    while low <= high:
        middle = (low + high) // 2
        if x[middle] == wanted:
            return middle
        if x[middle] < wanted:
            low = middle + 1
        else:
            high = middle - 1
    return -1


f([1, 3, 5, 7, 9, 11], 7)  # -> 3
f([1, 3, 5, 7, 9, 11], 4)  # -> -1


# case: is_sorted
def f(x):
    for i in range(1, len(x)):
        if x[i - 1] > x[i]:
            return False
    return True


f([1, 2, 2, 5])  # -> True
f([1, 3, 2, 5])  # -> False


# case: longest_run
def f(x):
    best = run = 1
    for i in range(1, len(x)):
        if x[i] == x[i - 1]:
            run += 1
            best = max(best, run)
        else:
            run = 1
    return best


f([1, 1, 2, 2, 2, 3])  # -> 3


# case: majority_vote
def f(x):
    candidate, count = x[0], 0
    for v in x:
        if count == 0:
            candidate, count = v, 1
        elif v == candidate:
            count += 1
        else:
            count -= 1
    return candidate


f([2, 2, 1, 1, 2])  # -> 2


# case: two_pointers
def f(x, target):
    i, j = 0, len(x) - 1
    while i < j:
        s = x[i] + x[j]
        if s == target:
            return i, j
        if s < target:
            i += 1
        else:
            j -= 1
    return -1, -1


f([1, 2, 4, 7, 11], 9)  # -> (1, 3)
f([1, 2, 4, 7, 11], 100)  # -> (-1, -1)


# case: count_inversions
def f(x):
    total = 0
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            if x[i] > x[j]:
                total += 1
    return total


f([3, 1, 2, 0])  # -> 5


# case: polynomial_root_count
def f(a, b, c):
    d = b * b - 4 * a * c
    if a == 0:
        return 1 if b != 0 else 0
    elif d > 0:
        return 2
    elif d == 0:
        return 1
    return 0


f(1, 2, 1)  # -> 1
f(1, 0, 1)  # -> 0
f(0, 1, 1)  # -> 1


# case: quadratic
def f(a, b, c):
    d = b * b - 4 * a * c
    if d < 0:
        return math.nan, math.nan
    r = math.sqrt(d)
    return (-b - r) / (2 * a), (-b + r) / (2 * a)


f(1.0, -3.0, 2.0)  # -> (1.0, 2.0)
f(1.0, 0.0, 1.0)  # -> (nan, nan)


# case: leap_year
def f(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


f(2000)  # -> True
f(1900)  # -> False
f(2024)  # -> True


# case: day_of_week
def f(y, m, d):
    if m < 3:
        m += 12
        y -= 1
    k, j = y % 100, y // 100
    return (d + 13 * (m + 1) // 5 + k + k // 4 + j // 4 + 5 * j) % 7


f(2024, 2, 29)  # -> 5


# case: fizz_buzz
def f(n):
    fizz = buzz = both = 0
    for i in range(1, n + 1):
        if i % 15 == 0:
            both += 1
        elif i % 5 == 0:
            buzz += 1
        elif i % 3 == 0:
            fizz += 1
    return fizz, buzz, both


f(31)  # -> (8, 4, 2)


# case: bits_set
def f(n):
    count = 0
    while n:
        n &= n - 1
        count += 1
    return count


f(1023)  # -> 10
f(0)  # -> 0


# case: gray_code
def f(n):
    result = n
    while n > 0:
        n >>= 1
        result ^= n
    return result


f(13)  # -> 9


# case: integer_square_root
def f(n):
    if n < 2:
        return n
    x = n
    y = (x + 1) // 2
    while y < x:
        x = y
        y = (x + n // x) // 2
    return x


f(99)  # -> 9
f(100)  # -> 10
f(1)  # -> 1


# case: compound_interest
def f(balance, rate, goal):
    years = 0
    while balance < goal:
        balance *= 1 + rate
        years += 1
    return years


f(1000.0, 0.05, 2000.0)  # -> 15


# case: change_making
def f(amount):
    coins = 0
    for coin in (50, 20, 10, 5, 2, 1):
        while amount >= coin:
            amount -= coin
            coins += 1
    return coins


f(88)  # -> 6


# case: josephus
def f(n, k):
    survivor = 0
    for i in range(2, n + 1):
        survivor = (survivor + k) % i
    return survivor + 1


f(7, 3)  # -> 4


# case: ackermann_of_two_by_loop
def f(m, n):
    while m > 0 and n < 50:
        if m == 1:
            n, m = n + 2, 0
        else:
            n, m = 2 * n + 3, m - 2
    return n


f(2, 3)  # -> 9


# case: pascal_entry
def f(n, k):
    result = 1
    for i in range(1, k + 1):
        result = result * (n - i + 1) // i
    return result


f(10, 3)  # -> 120


# case: dot_product
def f(x, y):
    total = 0
    for a, b in zip(x, y):
        total += a * b
    return total


f([1, 2, 3], [4, 5, 6])  # -> 32


# case: power_iteration
def f(a, n):
    v = pg.ones(2)
    for _ in range(n):
        w = a @ v
        v = w / pg.max(pg.abs(w))
    return v


f([[2.0, 1.0], [1.0, 2.0]], 5)  # -> [1.0, 1.0]


# case: gradient_descent
def f(x, rate):
    for step in range(1000):
        slope = 2 * (x - 3)
        if abs(slope) < 1e-6:
            break
        x -= rate * slope
    return round(x, 5), step


f(0.0, 0.1)  # -> (3.0, 70)


# case: jacobi
def f(a, b, n):
    x = pg.zeros(2)
    d = pg.asarray([a[0, 0], a[1, 1]])
    for _ in range(n):
        x = (b - (a @ x - d * x)) / d
    return x


f([[4.0, 1.0], [2.0, 5.0]], [1.0, 2.0], 3)  # -> [0.175, 0.33999999999999997]


# case: moving_average
def f(x, w):
    best = 0.0
    for i in range(len(x) - w + 1):
        total = 0.0
        for j in range(w):
            total += x[i + j]
        if total / w > best:
            best = total / w
    return best


f([1.0, 5.0, 3.0, 8.0], 2)  # -> 5.5


# case: triangle_kind
def f(a, b, c):
    if a + b <= c or a + c <= b or b + c <= a:
        return 0
    if a == b == c:
        return 3
    return 2 if a == b or b == c or a == c else 1


f(3, 3, 3)  # -> 3
f(3, 3, 5)  # -> 2
f(3, 4, 5)  # -> 1
f(1, 1, 5)  # -> 0
