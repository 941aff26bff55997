"""Draws columns of a job's CSV as an SVG: bench/curve.py METRICS.csv COLUMN... > curve.svg

    curl "$api/fine_tuning/jobs/ftjob-.../metrics?format=csv" | python3 bench/curve.py /dev/stdin reward beta > docs/sums.svg
"""

import csv
import sys

import plot


def main(path, *columns):
    with open(path) as content:
        rows = list(csv.DictReader(content))
    series = {column: [(float(row["step"]), float(row[column])) for row in rows if row[column]] for column in columns}
    print(plot.curves(series, "optimizer step", "", (0, 1)), end="")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
