"""Intervals, choices and verdicts of the study on values that can be checked by hand."""
import math
import unittest

import analysis
import intervals
import tasks
import training

LOSS = tasks.Task("made", "", dict, 10, 1, (1e-3, 1e-4))
REWARD = tasks.Task("made", "", dict, 10, 1, (1e-3, 1e-4), measure=tasks.Measure("reward", "reward", is_higher_better=True))


def line(arm, rank, rate, seed, rows, *values, diverged=None):
    valid = [[step, 0.0, value, None] for step, value in enumerate(values)]
    return {"task": "made", "arm": arm, "rank": rank, "rate": rate, "seed": seed, "rows": rows, "diverged": diverged, "valid": valid}


def seeds(arm, rank, rate, values):
    return [line(arm, rank, rate, seed, "test", value) for seed, value in enumerate(values, 1)]


class AnalysisTest(unittest.TestCase):

    def test_an_interval_holds_the_mean_and_lies_within_the_values(self):
        mean, low, high = intervals.bootstrap([1, 2, 3, 4, 5])
        self.assertEqual(mean, 3)
        # The mean of five values drawn with replacement has a deviation of sqrt(2 / 5).
        self.assertAlmostEqual(low, 3 - 1.96 * math.sqrt(0.4), delta=0.15)
        self.assertAlmostEqual(high, 3 + 1.96 * math.sqrt(0.4), delta=0.15)
        self.assertEqual(intervals.bootstrap([5, 4, 3, 2, 1]), (mean, low, high))
        self.assertEqual(intervals.bootstrap([7]), (7, 7, 7))
        # sqrt(2.5 / 5) times 2.776
        self.assertAlmostEqual(intervals.student([1, 2, 3, 4, 5])[2], 3 + 1.963, places=2)

    def test_a_mean_of_means_is_as_sure_as_its_groups(self):
        # Two equal groups: half of the variance, twice the degrees of freedom: sqrt(2.5 / 5 / 2) times 2.306.
        self.assertAlmostEqual(intervals.mean_of_means([[1, 2, 3, 4, 5], [2, 3, 4, 5, 6]])[2], 3.5 + 1.153, places=2)
        # One that does not vary adds nothing to the spread, which is halved, and the freedom stays: sqrt(2.5 / 5) / 2 times 2.776.
        self.assertAlmostEqual(intervals.mean_of_means([[1, 2, 3, 4, 5], [7, 7, 7]])[1], 5 - 0.981, places=2)
        self.assertEqual(intervals.mean_of_means([[1, 1], [3, 3]]), (2, 2, 2))

    def test_a_task_of_luck_is_not_in_the_average(self):
        def compared(*losses):
            return analysis.Comparison(LOSS, [line(arm, 4, 1e-3, 100, "valid", 1.0) for arm in ("lora", "afa-silu")] + seeds("lora", 4, 1e-3, losses)
                                       + seeds("afa-silu", 4, 1e-3, [2 * loss for loss in losses]))

        steady, lucky = compared(0.1, 0.2, 0.3), compared(0.1, 0.2, 1.1)
        self.assertFalse(steady.is_erratic())
        self.assertTrue(lucky.is_erratic())
        self.assertAlmostEqual(analysis.pooled([steady, lucky], "afa-silu")[0], math.log(2))
        self.assertIsNone(analysis.pooled([lucky], "afa-silu"))

    def test_pairs_are_of_the_same_seed(self):
        lines = [line(arm, 4, 1e-3, 100, "valid", 1.0) for arm in ("lora", "afa-silu")]
        lines += [line("lora", 4, 1e-3, seed, "test", value) for seed, value in ((1, 0.1), (2, 0.2), (4, 9.0))]
        lines += [line("afa-silu", 4, 1e-3, seed, "test", value) for seed, value in ((2, 0.3), (1, 0.4), (5, 9.0))]
        self.assertEqual([round(value, 9) for value in analysis.Comparison(REWARD, lines).pairs("afa-silu", 4)], [0.3, 0.1])

    def test_the_best_rate_is_the_one_of_the_least_loss_that_did_not_diverge(self):
        sweep = [line("lora", 4, rate, 100, "valid", loss) for rate, loss in ((1e-3, 0.3), (2e-3, 0.2), (4e-3, 0.25))]
        sweep.append(line("lora", 4, 8e-3, 100, "valid", diverged="training_diverged"))
        self.assertEqual(analysis.Comparison(LOSS, sweep).best_rate("lora", 4), 2e-3)
        self.assertEqual(analysis.Comparison(REWARD, sweep).best_rate("lora", 4), 1e-3)

    def test_an_unmerged_arm_counts_before_its_last_step(self):
        lines = [line("afa-unmerged", 4, 1e-3, 100, "valid", 0.5, 0.1, 9), line("afa-unmerged", 4, 1e-3, 1, "test", 0.5, 0.2, 9)]
        self.assertEqual(analysis.Comparison(LOSS, lines).values("afa-unmerged", 4), {1: 0.2})

    def test_verdicts_follow_the_interval_of_the_paired_differences(self):
        def verdict(task, own, others, diverged=()):
            lines = [line(arm, 4, 1e-3, 100, "valid", 1.0) for arm in ("lora", "afa-silu")]
            lines += seeds("lora", 4, 1e-3, others) + seeds("afa-silu", 4, 1e-3, own)
            lines += [line("afa-silu", 4, 1e-3, seed, "test", diverged="training_diverged") for seed in diverged]
            return analysis.Comparison(task, lines).verdict("afa-silu", 4)

        self.assertEqual(verdict(LOSS, [0.1, 0.2, 0.4], [0.2, 0.4, 0.8]), "better")
        self.assertEqual(verdict(LOSS, [0.5, 0.8, 1.8], [0.2, 0.4, 0.8]), "worse")
        self.assertEqual(verdict(LOSS, [0.1, 0.8, 0.8], [0.2, 0.4, 0.8]), "level")
        self.assertEqual(verdict(REWARD, [0.1, 0.29, 0.7], [0.2, 0.4, 0.8]), "worse")
        self.assertEqual(verdict(LOSS, [0.2, 0.4, 0.8], [0.2, 0.4, 0.8]), "level")
        self.assertEqual(verdict(LOSS, [0.1, 0.2, 0.4], [0.2, 0.4, 0.8, 0.5], diverged=[4]), "worse")
        self.assertIsNone(verdict(LOSS, [0.1, 0.1], [0.2, 0.2]))

    def test_the_gap_is_closed_by_the_share_of_the_way_to_full_fine_tuning(self):
        lines = [line(arm, rank, 1e-3, 100, "valid", 1.0) for arm, rank in (("lora", 4), ("afa-silu", 4), ("full", None))]
        lines += seeds("lora", 4, 1e-3, [0.8] * 3) + seeds("afa-silu", 4, 1e-3, [0.4] * 3)
        self.assertAlmostEqual(analysis.Comparison(LOSS, lines + seeds("full", None, 1e-3, [0.2] * 3)).gap_closed("afa-silu", 4), 0.5)
        self.assertIsNone(analysis.Comparison(LOSS, lines + seeds("full", None, 1e-3, [0.2, 0.8, 3.2])).gap_closed("afa-silu", 4))

    def test_curves_have_a_point_one_step_before_the_end(self):
        for task in tasks.all_tasks().values():
            self.assertEqual(task.steps % training.CURVE_POINTS, 1, task.name)

    def test_questions_are_in_one_file_only(self):
        for task in tasks.all_tasks().values():
            if task.model == "anneal-tiny":
                asked = [message["content"] for file in task.rows.values() for row in file for message in (row.get("messages") or row["input"]["messages"]) if message["role"] == "user"]
                distinct = len(task.rows["train"]) if task.by_heart else len(asked)
            self.assertEqual(len(set(asked)), distinct, task.name)


unittest.main()
