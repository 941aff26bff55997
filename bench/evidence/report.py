"""The pages and their figures from the lines of the results: name in the documents to text. The same lines give the same text."""
import analysis
import summary
import tasks
import variants
from wording import label

FIGURES = variants.FOLDER


def files(results):
    compared = comparisons(results)
    return {**summary.files(compared), **variants.files(results, compared)}


def comparisons(results):
    return [analysis.Comparison(task, results.lines.values()) for task in tasks.all_tasks().values()]


def at_edges(results):
    """Arms whose best rate may lie outside of their sweep."""
    return [f"{each.task.name}: {label(*cell)}" for each in comparisons(results) for cell in each.cells() if each.is_at_edge(*cell)]
