"""Charts as SVG, by hand so that a chart needs nothing but its values: curves over a step, and means with their intervals."""
import math
from xml.sax.saxutils import escape

WIDTH = 720
COLOURS = ["#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#0891b2", "#65a30d", "#db2777", "#475569", "#b45309", "#4f46e5"]
TEXT, GRID = "#374151", "#e5e7eb"


class Canvas:
    def __init__(self, height):
        self.height = height
        self.parts = [f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>']

    def line(self, x1, y1, x2, y2, colour=GRID, width=1, dash=None):
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"{dashed}/>')

    def text(self, x, y, text, anchor="start", colour=TEXT):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>')

    def dot(self, x, y, colour):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>')

    def curve(self, points, colour, dash=None):
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.8"{dashed}/>')

    def svg(self):
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}" font-family="sans-serif" font-size="12">\n'
                + "\n".join(self.parts) + "\n</svg>\n")


class Axis:
    """From values to places between two ends of the canvas."""

    def __init__(self, low, high, begin, end, logarithmic=False):
        self.logarithmic = logarithmic
        self.low, self.high = self.scaled(low), self.scaled(high)
        if self.low == self.high:
            self.low, self.high = self.low - 0.5, self.high + 0.5
        self.begin, self.end = begin, end

    def scaled(self, value):
        return math.log10(value) if self.logarithmic else value

    def place(self, value):
        return self.begin + (self.scaled(value) - self.low) / (self.high - self.low) * (self.end - self.begin)

    def ticks(self):
        """Round values: powers of ten, as far as they are few also values between them; or multiples of a round step."""
        if self.logarithmic:
            powers = range(math.floor(self.low), math.ceil(self.high) + 1)
            decades = self.high - self.low
            factors = (1,) if decades >= 2 else (1, 2, 5) if decades >= 1 else (1, 1.5, 2, 3, 4, 5, 7)
            found = [factor * 10.0 ** power for power in powers for factor in factors]
            return [value for value in found if self.low - 1e-9 <= math.log10(value) <= self.high + 1e-9]
        step = 10 ** math.floor(math.log10((self.high - self.low) / 4))
        step *= next(factor for factor in (1, 2, 5, 10) if (self.high - self.low) / (step * factor) <= 6)
        return [step * number for number in range(math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9) + 1)]


def curves(series, x_title, y_title, y_range=None, logarithmic=False, dashed=()):
    """Curves by name, each a list of (x, y). Those of `dashed` have an axis of their own from 0 to 1, which is not drawn."""
    left, top, bottom, right, height = 56, 14, 40, 150, 300
    canvas = Canvas(height)
    drawn = [point for name, points in series.items() if name not in dashed for point in points]
    low, high = y_range or (min(y for _, y in drawn), max(y for _, y in drawn))
    y = Axis(low, high, height - bottom, top, logarithmic)
    share = Axis(0, 1, height - bottom, top)
    x = Axis(min(0, *(place for place, _ in drawn)), max(place for place, _ in drawn), left, WIDTH - right)
    for tick in y.ticks():
        canvas.line(left, y.place(tick), WIDTH - right, y.place(tick))
        canvas.text(left - 6, y.place(tick) + 4, f"{tick:g}", "end")
    for tick in x.ticks():
        canvas.text(x.place(tick), height - bottom + 16, f"{tick:g}", "middle")
    canvas.text((left + WIDTH - right) / 2, height - 6, x_title, "middle")
    canvas.text(left, top - 3, y_title)
    for number, (name, points) in enumerate(series.items()):
        colour, axis = COLOURS[number % len(COLOURS)], share if name in dashed else y
        canvas.curve([(x.place(at), axis.place(value)) for at, value in points], colour, "5 4" if name in dashed else None)
        canvas.text(WIDTH - right + 10, top + 12 + 16 * number, name, colour=colour)
    return canvas.svg()


def intervals(groups, title, logarithmic=False):
    """Means with intervals, one below the other: (name, mean, low, high). Each group has a colour, and a dashed line at the mean of its first row."""
    left, top, bottom, line, gap = 170, 14, 40, 20, 10
    height = top + bottom + line * sum(map(len, groups)) + gap * (len(groups) - 1)
    canvas = Canvas(height)
    ends = [value for rows in groups for _, _, low, high in rows for value in (low, high)]
    x = Axis(min(ends), max(ends), left, WIDTH - 20, logarithmic)
    for tick in x.ticks():
        canvas.line(x.place(tick), top, x.place(tick), height - bottom)
        canvas.text(x.place(tick), height - bottom + 16, f"{tick:g}", "middle")
    canvas.text((left + WIDTH - 20) / 2, height - 6, title, "middle")
    for number, rows in enumerate(groups):
        colour = COLOURS[number % len(COLOURS)]
        canvas.line(x.place(rows[0][1]), top, x.place(rows[0][1]), top + line * len(rows), colour, 1, "3 3")
        for name, mean, low, high in rows:
            canvas.text(left - 10, top + line / 2 + 4, name, "end")
            canvas.line(x.place(low), top + line / 2, x.place(high), top + line / 2, colour, 2)
            canvas.dot(x.place(mean), top + line / 2, colour)
            top += line
        top += gap
    return canvas.svg()
