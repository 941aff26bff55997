"""Draws columns of a job's CSV as an SVG: bench/curve.py METRICS.csv COLUMN... > curve.svg

    curl "$api/fine_tuning/jobs/ftjob-.../metrics?format=csv" | python3 bench/curve.py /dev/stdin reward beta > docs/sums.svg
"""

import csv
import sys

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 240, 44, 16, 34
COLOURS = ["#2563eb", "#d97706", "#059669"]


def main(path, *columns):
    with open(path) as content:
        rows = list(csv.DictReader(content))
    last = float(rows[-1]["step"])
    plot_width, plot_height = WIDTH - LEFT - 16, HEIGHT - TOP - BOTTOM

    def x(step):
        return LEFT + plot_width * step / last

    def y(value):
        return TOP + plot_height * (1 - value)

    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">')
    print(f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>')
    for tick in (0, 0.25, 0.5, 0.75, 1):
        print(f'<line x1="{LEFT}" x2="{WIDTH - 16}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="#e5e7eb"/>')
        print(f'<text x="{LEFT - 6}" y="{y(tick) + 4:.1f}" text-anchor="end" fill="#374151">{tick:g}</text>')
    for tick in range(0, int(last) + 1, max(1, round(last / 4))):
        print(f'<text x="{x(tick):.1f}" y="{HEIGHT - 16}" text-anchor="middle" fill="#374151">{tick}</text>')
    print(f'<text x="{LEFT + plot_width / 2}" y="{HEIGHT - 3}" text-anchor="middle" fill="#374151">optimizer step</text>')
    for number, column in enumerate(columns):
        points = " ".join(f'{x(float(row["step"])):.1f},{y(float(row[column])):.1f}' for row in rows if row[column])
        colour = COLOURS[number % len(COLOURS)]
        print(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        print(f'<text x="{WIDTH - 24}" y="{TOP + 96 + 16 * number}" text-anchor="end" fill="{colour}">{column}</text>')
    print("</svg>")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
